package org.convoy.image.loader;

import java.io.Serializable;

/** An image that was skipped: which, and why. */
public record BadImage(long sampleId, String name, String reason) implements Serializable {

  /** As a line for people. */
  @Override
  public String toString() {
    return name + ": " + reason;
  }
}
