package org.convoy.driver.spark;

/** Tasks did not all end well. The message is the first line of Spark's own. */
public final class StageFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  StageFailedException(Exception cause) {
    super(
        // Stack traces of driver and executor follow the first line.
        String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString()), cause);
  }
}
