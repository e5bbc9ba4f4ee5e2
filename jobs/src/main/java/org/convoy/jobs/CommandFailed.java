package org.convoy.jobs;

import java.util.Locale;

/**
 * Ends a command inside a YARN application master. YARN shows its text as the application's
 * diagnostics, and {@code deploy/convoy} reads the exit code in it.
 */
final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param cause one line
   */
  CommandFailed(int exitCode, String cause) {
    // Without a stack trace, which YARN would show too.
    super(String.format(Locale.ROOT, "exit code %d: %s", exitCode, cause), null, false, false);
  }
}
