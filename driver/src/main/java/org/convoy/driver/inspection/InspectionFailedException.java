package org.convoy.driver.inspection;

/** An inspection could not be finished. The message is complete and meant for the user. */
public final class InspectionFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  InspectionFailedException(String message) {
    super(message);
  }

  InspectionFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
