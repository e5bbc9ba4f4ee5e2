package org.convoy.driver.config;

import java.io.Serializable;
import java.util.List;

/**
 * How a decoded image becomes network input.
 *
 * @param train transforms of training images, in order
 * @param evaluation transforms of images in validation, evaluation and prediction, in order
 * @param mean subtracted from each channel, on the scale 0 to 1; its length is the channel count
 * @param std divides each channel afterwards
 */
public record ImageSettings(
    List<Transform> train, List<Transform> evaluation, List<Double> mean, List<Double> std)
    implements Serializable {

  /** Checks the rules. */
  public ImageSettings {
    train = List.copyOf(train);
    evaluation = List.copyOf(evaluation);
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
            evaluation.stream().noneMatch(Transform::random),
            "evaluation",
            "expected no transform that draws at random, got "
                + evaluation.stream().filter(Transform::random).map(Transform::name).toList())
        .done();
  }
}
