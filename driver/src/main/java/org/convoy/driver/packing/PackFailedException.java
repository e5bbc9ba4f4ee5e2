package org.convoy.driver.packing;

/** A data set could not be packed. The message is complete and meant for the user. */
public final class PackFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  PackFailedException(String message) {
    super(message);
  }

  PackFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
