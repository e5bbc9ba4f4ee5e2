package org.convoy.image.loader;

import java.io.Serializable;

/** An image that was skipped, with the reason. */
public record BadImage(long sampleId, String name, String reason) implements Serializable {

  /** One line for a log or a report. */
  @Override
  public String toString() {
    return name + ": " + reason;
  }
}
