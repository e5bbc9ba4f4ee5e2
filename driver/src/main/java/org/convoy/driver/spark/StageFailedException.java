package org.convoy.driver.spark;

/** Some tasks failed. The message is the first line of Spark's message. */
public final class StageFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  StageFailedException(Exception cause) {
    super(
        // Stack traces of driver and executor follow the first line.
        String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString()), cause);
  }
}
