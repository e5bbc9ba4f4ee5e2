package org.convoy.driver.training;

/** A run that cannot go on; the message says which executor failed of what. */
public final class TrainingFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  TrainingFailedException(String message) {
    super(message);
  }

  TrainingFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
