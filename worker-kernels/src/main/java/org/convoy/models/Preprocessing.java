package org.convoy.models;

import java.util.List;

/**
 * What a network's authors do to an image before an evaluation. The image is resized until its
 * centre crop is the given part of its shorter side, cropped, scaled to [0, 1] and normalised.
 *
 * @param crop the part of the shorter side that the crop keeps, 1 for the whole
 * @param mean of the red, green and blue values
 * @param deviation of the red, green and blue values
 */
public record Preprocessing(double crop, List<Double> mean, List<Double> deviation) {
  private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

  /** As torchvision does for ImageNet: 224 of 256 pixels, the data set's moments. */
  static final Preprocessing IMAGENET =
      new Preprocessing(0.875, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /** As the Inception networks have it: values from -1 to 1. */
  static final Preprocessing INCEPTION = new Preprocessing(0.875, HALF, HALF);

  /** Whole images of CIFAR-10, the data set's moments. */
  static final Preprocessing CIFAR =
      new Preprocessing(1, List.of(0.4914, 0.4822, 0.4465), List.of(0.2470, 0.2435, 0.2616));

  /** One plane from 0 to 1. */
  static final Preprocessing GREY = new Preprocessing(1, List.of(0.0), List.of(1.0));

  Preprocessing crop(double part) {
    return new Preprocessing(part, mean, deviation);
  }
}
