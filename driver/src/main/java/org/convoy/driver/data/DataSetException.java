package org.convoy.driver.data;

import java.io.IOException;

/**
 * A data set cannot be used: it is missing, truncated, without classes, or has an empty class
 * folder. The message is complete and is meant for the user who named the data set.
 */
public final class DataSetException extends IOException {

  private static final long serialVersionUID = 1L;

  /** An error in the data. */
  public DataSetException(String message) {
    super(message);
  }

  /** An error caused by another exception. */
  public DataSetException(String message, Throwable cause) {
    super(message, cause);
  }
}
