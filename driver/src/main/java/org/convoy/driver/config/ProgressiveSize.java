package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.image.transform.Size;
import org.convoy.settings.Checks;

/**
 * From when on training images have a size.
 *
 * @param fromEpoch counted from 0
 * @param size of the images and of the network's input
 */
public record ProgressiveSize(int fromEpoch, Size size) implements Serializable {

  /** Checks the rule. */
  public ProgressiveSize {
    new Checks().atLeast("from-epoch", fromEpoch, 0).done();
  }
}
