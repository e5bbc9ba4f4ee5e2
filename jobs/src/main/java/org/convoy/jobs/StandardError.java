package org.convoy.jobs;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.util.ShutdownHookManager;
import org.jspecify.annotations.Nullable;

/**
 * The standard error of this process, so that the last line is Convoy's. Otherwise Spark would
 * report the executors and connections that end with it. Once Spark is being closed, only the
 * command itself writes; once the JVM has begun to end, nobody does.
 */
final class StandardError extends FilterOutputStream {
  /** Before Spark's own hook, which has the highest priority of all others. */
  private static final int SHUTDOWN_PRIORITY = 100;

  private static @Nullable StandardError ofAll;

  private volatile boolean silent;

  StandardError(OutputStream out) {
    super(out);
  }

  /**
   * Replaces {@code System.err}.
   *
   * @return the stream of the command's own messages
   */
  static PrintStream replace() {
    PrintStream before = System.err;
    StandardError all = new StandardError(before);
    StandardError own = new StandardError(before);
    ofAll = all;
    System.setErr(new PrintStream(all, true, StandardCharsets.UTF_8));
    ShutdownHookManager.get()
        .addShutdownHook(
            () -> {
              all.silent = true;
              own.silent = true;
              if (!Launcher.isLeaving()) {
                before.println("convoy: a signal ends the command");
              }
            },
            SHUTDOWN_PRIORITY);
    return new PrintStream(own, true, StandardCharsets.UTF_8);
  }

  /** Silences {@code System.err}, if it was replaced. */
  static void silenceAll() {
    if (ofAll != null) {
      ofAll.silent = true;
    }
  }

  @Override
  public void write(int value) throws IOException {
    if (!silent) {
      out.write(value);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (!silent) {
      out.write(bytes, offset, length);
    }
  }
}
