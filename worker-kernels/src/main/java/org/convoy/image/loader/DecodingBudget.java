package org.convoy.image.loader;

import java.util.concurrent.Semaphore;

/**
 * Bounds the memory, native and Java heap together, of the images that a loader's threads decode at
 * one time. An image waits until its memory fits beside that of the others; requests are served in
 * order. An image that takes more than the whole budget is decoded alone.
 */
final class DecodingBudget {
  private static final int GRAIN_BYTES = 1 << 10;

  private final Semaphore free;
  private final int grains;

  DecodingBudget(long bytes) {
    grains = grains(bytes);
    free = new Semaphore(grains, true);
  }

  /** Waits for {@code bytes}, or for the whole budget if that is less. */
  Share take(long bytes) throws InterruptedException {
    int taken = Math.min(grains, grains(bytes));
    free.acquire(taken);
    return () -> free.release(taken);
  }

  private static int grains(long bytes) {
    return (int) Math.min(Integer.MAX_VALUE, (bytes + GRAIN_BYTES - 1) / GRAIN_BYTES);
  }

  /** A part of the budget. Close returns it. Close it only once. */
  @FunctionalInterface
  interface Share extends AutoCloseable {
    @Override
    void close();
  }
}
