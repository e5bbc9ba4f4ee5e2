package org.convoy.driver.evaluation;

/** The evaluation cannot continue. The message states the reason. */
public final class EvaluationFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  EvaluationFailedException(String message) {
    super(message);
  }

  EvaluationFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
