package org.convoy.jobs;

/** The cluster cannot run the command: exit code 1. The message says what to do. */
final class ClusterException extends Exception {
  private static final long serialVersionUID = 1L;

  ClusterException(String message, Throwable cause) {
    super(message, cause);
  }

  ClusterException(String message) {
    super(message);
  }
}
