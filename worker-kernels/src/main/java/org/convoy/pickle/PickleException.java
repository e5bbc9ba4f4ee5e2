package org.convoy.pickle;

import java.io.IOException;

/** A pickle is broken, or holds more than its caller knows. The message says what and where. */
public final class PickleException extends IOException {
  private static final long serialVersionUID = 1L;

  PickleException(String message) {
    super(message);
  }
}
