package org.convoy.jobs;

/**
 * What was asked for cannot be done as asked: exit code 2. The message stands alone; it names the
 * thing, what was expected and what was got.
 */
public final class RequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RequestException(String message) {
    super(message);
  }

  public RequestException(String message, Throwable cause) {
    super(message, cause);
  }
}
