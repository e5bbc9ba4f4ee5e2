package org.convoy.image.loader;

import java.util.concurrent.Semaphore;

/**
 * Bounds the memory of the images that a loader's threads decode at one time, native memory and
 * Java heap together: an image waits until what it takes fits beside the others, in the order of
 * asking. An image that takes more than the whole budget is decoded alone.
 */
final class DecodingBudget {
  private static final int GRAIN_BYTES = 1 << 10;

  private final Semaphore free;
  private final int grains;

  DecodingBudget(long bytes) {
    grains = grains(bytes);
    free = new Semaphore(grains, true);
  }

  /** Waits for so many bytes, or for the whole budget if they are more. */
  Share take(long bytes) throws InterruptedException {
    int taken = Math.min(grains, grains(bytes));
    free.acquire(taken);
    return () -> free.release(taken);
  }

  private static int grains(long bytes) {
    return (int) Math.min(Integer.MAX_VALUE, (bytes + GRAIN_BYTES - 1) / GRAIN_BYTES);
  }

  /** A part of the budget; close gives it back. Close it once. */
  @FunctionalInterface
  interface Share extends AutoCloseable {
    @Override
    void close();
  }
}
