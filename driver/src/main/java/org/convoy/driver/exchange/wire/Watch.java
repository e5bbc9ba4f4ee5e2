package org.convoy.driver.exchange.wire;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Lets the training thread wait for the network threads. A failure wakes it at once. */
final class Watch {

  private static final BooleanSupplier NOTHING = () -> false;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LongAdder nanosWaited = new LongAdder();
  private volatile Optional<Supplier<? extends ExchangeException>> failure = Optional.empty();

  /** Whether what the training thread waits for has come. */
  private volatile BooleanSupplier awaited = NOTHING;

  /**
   * Wakes the waiting thread if its wait is over. Most changes are not those that it waits for, and
   * to wake it takes longer than to look.
   */
  void changed() {
    if (!awaited.getAsBoolean()) {
      return;
    }
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes every wait throw from now on.
   *
   * @return false if there was a failure already; the first one is kept
   */
  boolean fail(Supplier<? extends ExchangeException> cause) {
    lock.lock();
    try {
      if (failure.isPresent()) {
        return false;
      }
      failure = Optional.of(cause);
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Throws the failure, if there was one. */
  void check() {
    if (failure.isPresent()) {
      throw failure.get().get();
    }
  }

  /**
   * Waits.
   *
   * @param done whether the wait is over
   * @param patience nanoseconds after which it is asked again; 0 or less: the time has run out
   * @param impatient called when the time has run out; records a failure
   */
  void await(BooleanSupplier done, LongSupplier patience, Runnable impatient)
      throws InterruptedException {
    if (done.getAsBoolean()) {
      return;
    }
    long started = System.nanoTime();
    awaited = done;
    lock.lock();
    try {
      while (!done.getAsBoolean()) {
        check();
        long left = patience.getAsLong();
        if (left <= 0) {
          impatient.run();
        } else {
          changed.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        }
      }
    } finally {
      awaited = NOTHING;
      lock.unlock();
      nanosWaited.add(System.nanoTime() - started);
    }
  }

  long nanosWaited() {
    return nanosWaited.sum();
  }
}
