package org.convoy.driver.training;

import java.util.List;
import java.util.Optional;
import org.convoy.driver.data.ImageFile;
import org.convoy.metrics.Prediction;

/**
 * What a network makes of an image file.
 *
 * @param image the file
 * @param top the classes that are told of it, the surest first; empty if it did not decode
 * @param refusal why it did not decode, if it did not
 */
public record ImagePrediction(ImageFile image, List<Prediction> top, Optional<String> refusal) {
  /** Copies the list. */
  public ImagePrediction {
    top = List.copyOf(top);
  }
}
