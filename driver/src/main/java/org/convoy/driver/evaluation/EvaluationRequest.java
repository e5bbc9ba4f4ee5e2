package org.convoy.driver.evaluation;

import java.io.Serializable;
import java.util.Objects;
import org.convoy.driver.config.Views;
import org.convoy.image.loader.OnBadImage;
import org.convoy.inference.InferenceOptions;

/**
 * The model to evaluate, and the images to use.
 *
 * @param model folder of a saved model, a Hadoop path
 * @param data the data set, a Hadoop path
 * @param split the folder in the data set that holds the classes; if empty, the data set itself
 * @param options the number of images computed together, and the precision
 * @param views of each image whose probabilities are averaged
 * @param onBadImage whether an image that does not decode is skipped or fails the evaluation
 */
public record EvaluationRequest(
    String model,
    String data,
    String split,
    InferenceOptions options,
    Views views,
    OnBadImage onBadImage)
    implements Serializable {

  /** One view of each image, in float32. */
  public EvaluationRequest(
      String model, String data, String split, int batch, OnBadImage onBadImage) {
    this(model, data, split, InferenceOptions.of(batch), Views.SINGLE, onBadImage);
  }

  /** Checks that all is there. */
  public EvaluationRequest {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(split, "split");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(views, "views");
    Objects.requireNonNull(onBadImage, "onBadImage");
  }
}
