package org.convoy.driver.spark;

/** Fewer executors came than the work needs. The message says how many, and what YARN says. */
public final class TooFewExecutorsException extends Exception {
  private static final long serialVersionUID = 1L;

  TooFewExecutorsException(String message) {
    super(message);
  }
}
