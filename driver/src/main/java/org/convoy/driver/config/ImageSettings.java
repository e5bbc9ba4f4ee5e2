package org.convoy.driver.config;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.convoy.graph.Shape;
import org.convoy.image.loader.ResizeOn;
import org.convoy.image.transform.Mix;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.Size;
import org.convoy.image.transform.Transform;
import org.convoy.settings.Checks;
import org.convoy.settings.Variants;

/**
 * How a decoded image becomes network input.
 *
 * @param train transforms of training images, in order
 * @param views transforms of the further views of a training image, behind {@code train}, where the
 *     loss compares an image with changed copies of itself; empty: there are none
 * @param mix transforms of whole micro-batches in training, of which each has one, drawn at random;
 *     none: samples are not mixed
 * @param evaluation transforms of images in validation, evaluation and prediction, in order
 * @param progressive sizes of training images by epoch; empty: always the network's own
 * @param mean subtracted from each channel, on the scale 0 to 1; its length is the channel count
 * @param std divides each channel afterwards
 * @param resizeOn who cuts, scales, mirrors and normalises where a GPU computes
 */
public record ImageSettings(
    List<Transform> train,
    List<Transform> views,
    List<Mix> mix,
    List<Transform> evaluation,
    List<ProgressiveSize> progressive,
    List<Double> mean,
    List<Double> std,
    @Incidental ResizeOn resizeOn)
    implements Serializable {

  /** Checks the rules. */
  public ImageSettings {
    train = List.copyOf(train);
    views = List.copyOf(views);
    mix = List.copyOf(mix);
    evaluation = List.copyOf(evaluation);
    progressive = List.copyOf(progressive);
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    new Checks()
        .that(!mean.isEmpty(), "mean", "expected a value for each channel, got none")
        .that(
            std.size() == mean.size(),
            "std",
            "expected as many values as image.mean has, " + mean.size() + ", got " + std.size(),
            "mean")
        .that(
            std.stream().allMatch(value -> value > 0 && Double.isFinite(value)),
            "std",
            "expected values of more than zero, got " + std)
        .that(
            ascending(progressive),
            "progressive",
            "expected rising from-epoch, the first 0, got " + epochs(progressive))
        .that(
            progressive.isEmpty()
                || train.stream().anyMatch(each -> each.sizeAfter(Optional.empty()).isPresent()),
            "progressive",
            "expected a transform in image.train that crops to a size, got " + names(train),
            "train")
        .that(onUnitScale(mean), "mean", scaleText(mean))
        .that(onUnitScale(std), "std", scaleText(std))
        .that(
            evaluation.stream().noneMatch(Transform::drawsAtRandom),
            "evaluation",
            "expected no transform that draws at random, got "
                + names(evaluation.stream().filter(Transform::drawsAtRandom).toList()))
        .done();
  }

  /**
   * The preprocessing of images for a network.
   *
   * @param input input shape of the network, {@code (channels, height, width)}
   * @throws IllegalArgumentException if images cannot become such an input
   */
  public Preprocessing preprocessing(Shape input) {
    if (input.spatialRank() != 2) {
      throw new IllegalArgumentException(
          "expected a network for images, (channels, height, width), got one for " + input);
    }
    return new Preprocessing(
        input.channels(),
        input.dimension(1),
        input.dimension(2),
        train,
        evaluation,
        new Normalisation(floats(mean), floats(std)));
  }

  /**
   * The size of training images in an epoch.
   *
   * @param epoch from 0
   * @param own the size of the network's own input
   */
  public Size size(int epoch, Size own) {
    Size size = own;
    for (ProgressiveSize each : progressive) {
      if (each.fromEpoch() <= epoch) {
        size = each.size();
      }
    }
    return size;
  }

  private static boolean ascending(List<ProgressiveSize> sizes) {
    int next = 0;
    for (ProgressiveSize each : sizes) {
      if (each.fromEpoch() < next || (next == 0 && each.fromEpoch() != 0)) {
        return false;
      }
      next = each.fromEpoch() + 1;
    }
    return true;
  }

  private static List<Integer> epochs(List<ProgressiveSize> sizes) {
    return sizes.stream().map(ProgressiveSize::fromEpoch).toList();
  }

  private static List<String> names(List<Transform> transforms) {
    return transforms.stream().map(each -> Variants.name(each.getClass())).toList();
  }

  private static boolean onUnitScale(List<Double> values) {
    return values.stream().allMatch(value -> value <= 1);
  }

  private static String scaleText(List<Double> values) {
    return String.format(
        Locale.ROOT,
        "expected values on the scale 0 to 1, got %s; divided by 255 they are %s",
        values,
        values.stream().map(value -> Checks.number(rounded(value / 255))).toList());
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }

  private static List<Float> floats(List<Double> values) {
    return values.stream().map(Double::floatValue).toList();
  }
}
