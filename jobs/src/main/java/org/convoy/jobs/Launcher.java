package org.convoy.jobs;

import java.util.Optional;
import picocli.CommandLine.ExitCode;

/**
 * The process of {@code deploy/convoy} that waits for this one. It passes signals on, but when it
 * is killed it cannot, and this process would train on unseen; so this process ends with it.
 */
final class Launcher {
  /** The launcher's process id; not set where there is none that waits. */
  private static final String PROPERTY = "convoy.launcher";

  private static final long HOOKS_MILLIS = 30_000;

  private Launcher() {}

  /** Ends this JVM when the launcher is gone. */
  static void follow() {
    Optional.ofNullable(Long.getLong(PROPERTY))
        .ifPresent(
            pid ->
                ProcessHandle.of(pid)
                    .ifPresentOrElse(
                        launcher -> launcher.onExit().thenRun(Launcher::end), Launcher::end));
  }

  private static void end() {
    System.err.println("convoy: the launcher was killed: the run ends with it");
    leave(ExitCode.SOFTWARE);
  }

  /**
   * Leaves the JVM through its shutdown hooks, in which Spark ends executors; or without, if they
   * hang.
   */
  static void leave(int exitCode) {
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
}
