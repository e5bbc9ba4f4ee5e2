package org.convoy.driver.training;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Whether an attempt stops at the end of its present step, with a checkpoint, although the run has
 * not ended. There are two reasons. The driver wants another number of executors, or the process of
 * this executor is told to end (SIGTERM): then it holds its own end up until the checkpoint is in
 * place, for as long as the one who ends it lets it.
 */
final class Stopping implements AutoCloseable {
  /** What an executor wishes, as it is sent with each step. */
  static final double NOTHING = 0;

  /** The driver told it to stop. */
  static final double STOP = 1;

  /** It is told to end. */
  static final double LEAVE = 2;

  /** Before Spark's own hook, which ends the tasks of an executor. */
  private static final int SHUTDOWN_PRIORITY = 200;

  private static final long GRACE_SECONDS = 60;

  private final Predicate<Message> driver;
  private final Runnable hook = this::leave;
  private final boolean hooked;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile double wish = NOTHING;

  /**
   * @param driver sends the driver a message, and returns whether the driver wants the attempt to
   *     stop
   * @param process whether this executor is a process of its own
   */
  Stopping(Predicate<Message> driver, boolean process) {
    this.driver = driver;
    this.hooked = process && !ShutdownHookManager.get().isShutdownInProgress();
    if (hooked) {
      ShutdownHookManager.get()
          .addShutdownHook(hook, SHUTDOWN_PRIORITY, GRACE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Sends the driver a message, and notes whether the attempt shall stop. */
  void report(Message message) {
    if (driver.test(message) && wish == NOTHING) {
      wish = STOP;
    }
  }

  /** One of the constants. */
  double wish() {
    return wish;
  }

  private void leave() {
    wish = LEAVE;
    try {
      done.await(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The attempt has ended for this executor. */
  @Override
  public void close() {
    done.countDown();
    if (hooked && !ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
  }
}
