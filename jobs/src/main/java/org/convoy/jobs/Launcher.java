package org.convoy.jobs;

import java.util.Optional;
import picocli.CommandLine.ExitCode;

/**
 * The process of {@code deploy/convoy}, which waits for this one. It passes signals on. If it is
 * killed, it cannot do so, and this process would continue unnoticed. So this process ends when the
 * launcher ends.
 */
final class Launcher {
  /** Process id of the launcher; not set if no launcher waits. */
  private static final String PROPERTY = "convoy.launcher";

  private static final long HOOKS_MILLIS = 30_000;

  private static volatile boolean leaving;

  private Launcher() {}

  /** Ends this JVM when the launcher ends. */
  static void follow() {
    Optional.ofNullable(Long.getLong(PROPERTY))
        .ifPresent(
            pid ->
                ProcessHandle.of(pid)
                    .ifPresentOrElse(
                        launcher -> launcher.onExit().thenRun(Launcher::end), Launcher::end));
  }

  private static void end() {
    System.err.println("convoy: the launcher was killed, so the run ends");
    leave(ExitCode.SOFTWARE);
  }

  /**
   * Ends the JVM with its shutdown hooks, in which Spark ends executors, or without them if they
   * hang.
   */
  static void leave(int exitCode) {
    leaving = true;
    Thread watch =
        new Thread(
            () -> {
              try {
                Thread.sleep(HOOKS_MILLIS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              Runtime.getRuntime().halt(exitCode);
            },
            "exit");
    watch.setDaemon(true);
    watch.start();
    System.exit(exitCode);
  }

  /** Whether this process ends by itself, and not by a signal. */
  static boolean isLeaving() {
    return leaving;
  }
}
