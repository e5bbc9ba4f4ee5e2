package org.convoy.jobs;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * The standard error of this process. It is silent once the JVM has begun to end, so that the last
 * line is Convoy's. Otherwise Spark would report the executors and connections that end with it.
 */
final class StandardError extends FilterOutputStream {
  /** Before Spark's own hook, which has the highest priority of all others. */
  private static final int SHUTDOWN_PRIORITY = 100;

  private volatile boolean silent;

  StandardError(OutputStream out) {
    super(out);
  }

  /** Replaces {@code System.err}, and silences it when the JVM begins to end. */
  static void silentAtShutdown() {
    PrintStream before = System.err;
    StandardError error = new StandardError(before);
    System.setErr(new PrintStream(error, true, Charset.defaultCharset()));
    ShutdownHookManager.get()
        .addShutdownHook(
            () -> {
              error.silence();
              if (!Launcher.isLeaving()) {
                before.println("convoy: a signal ends the command");
              }
            },
            SHUTDOWN_PRIORITY);
  }

  void silence() {
    silent = true;
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
