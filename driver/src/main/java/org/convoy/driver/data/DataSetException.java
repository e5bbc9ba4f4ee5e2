package org.convoy.driver.data;

import java.io.IOException;

/**
 * A data set that cannot be used as it is: not there, cut short, without classes, or with an empty
 * class folder. The message is written for the person who named the data set and stands on its own.
 */
public final class DataSetException extends IOException {

  private static final long serialVersionUID = 1L;

  /** An error that the data itself shows. */
  public DataSetException(String message) {
    super(message);
  }

  /** An error that another one caused. */
  public DataSetException(String message, Throwable cause) {
    super(message, cause);
  }
}
