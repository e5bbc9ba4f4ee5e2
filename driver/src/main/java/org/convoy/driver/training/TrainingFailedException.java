package org.convoy.driver.training;

/** The run cannot continue. The message names the executor that failed and the reason. */
public final class TrainingFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message the reason, complete
   */
  public TrainingFailedException(String message) {
    super(message);
  }

  TrainingFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
