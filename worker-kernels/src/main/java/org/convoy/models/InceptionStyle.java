package org.convoy.models;

import java.util.List;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Initializer;
import org.convoy.graph.Pool;
import org.convoy.graph.Value;
import org.convoy.graph.Window;

/**
 * The layer of the Inception networks: a convolution, a norm and an activation, named {@code conv}
 * and {@code bn} as torchvision and timm do.
 *
 * @param start the initial weights of the convolutions
 */
record InceptionStyle(Initializer start) {
  private static final BatchNorm NORM = new BatchNorm(1e-3, 0.1);

  /** With a kernel of this height and width, padded so that the size stays. */
  Value conv(Value x, String name, int channels, int height, int width) {
    List<Integer> padding = List.of(height / 2, width / 2);
    Window window = Window.of(List.of(height, width)).padding(padding, padding);
    return conv(x, name, Convolution.of(channels, 1).with(window));
  }

  /** With a square kernel, padded so that the size stays. */
  Value conv(Value x, String name, int channels, int kernel) {
    return conv(x, name, channels, kernel, kernel);
  }

  /** With a 3x3 kernel, without padding. */
  Value valid(Value x, String name, int channels, int stride) {
    return conv(x, name, Convolution.of(channels, 3).stride(stride).padding(0));
  }

  Value conv(Value x, String name, Convolution conv) {
    return x.within(name, v -> v.conv("conv", conv.initializer(start)).norm("bn", NORM).relu());
  }

  /** The mean of each 3x3 window, without the padding. */
  static Value average(Value x) {
    Window window = Window.square(3);
    return x.pool(new Pool(Pool.Kind.AVERAGE, window, false, false));
  }
}
