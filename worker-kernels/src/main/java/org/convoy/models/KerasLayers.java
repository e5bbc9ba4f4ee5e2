package org.convoy.models;

import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Value;

/**
 * Layers as the networks of Keras's applications have them: windows pad as TensorFlow's "same"
 * does, and norms add 1e-3. Layers have Keras's names.
 */
final class KerasLayers {
  static final BatchNorm NORM = new BatchNorm(1e-3, 0.01);

  private KerasLayers() {}

  /** A convolution and a norm. */
  static Value conv(Value x, String name, Convolution convolution, String norm) {
    return x.conv(name, convolution.same(x.shape())).norm(norm, NORM);
  }

  /** A convolution of each channel alone, and a norm. */
  static Value depthwise(Value x, String name, int kernel, int stride, String norm) {
    int channels = x.channels();
    return conv(x, name, Convolution.of(channels, kernel).stride(stride).groups(channels), norm);
  }
}
