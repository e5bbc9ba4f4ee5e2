package org.convoy.driver.evaluation;

import java.util.List;
import java.util.Optional;
import org.convoy.driver.data.ImageFile;
import org.convoy.metrics.Prediction;

/**
 * A network's prediction for an image file.
 *
 * @param image the file
 * @param top the predicted classes, the most probable first; empty if the image did not decode
 * @param refusal the reason if the image did not decode
 */
public record ImagePrediction(ImageFile image, List<Prediction> top, Optional<String> refusal) {
  /** Copies the list. */
  public ImagePrediction {
    top = List.copyOf(top);
  }
}
