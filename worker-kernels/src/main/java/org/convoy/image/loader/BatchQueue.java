package org.convoy.image.loader;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bounded queue between a loader's threads and its consumer: threads take single images in
 * order, and whole batches come out in order. Its buffers bound it: when all are full or lent,
 * {@link #take} waits.
 */
final class BatchQueue {
  private final Iterator<? extends List<ImageSource>> batches;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition workChanged = lock.newCondition();
  private final Condition batchDone = lock.newCondition();
  private final Deque<BatchBuffer> free;
  private final Deque<PendingBatch> inOrder = new ArrayDeque<>();
  private Optional<PendingBatch> filling = Optional.empty();

  /** Why the source of batches ended early. Earlier batches are still delivered. */
  private Optional<Throwable> sourceFailure = Optional.empty();

  /** Why a thread died. Only complete batches are still delivered. */
  private Optional<Throwable> threadFailure = Optional.empty();

  private boolean exhausted;
  private volatile boolean closed;

  BatchQueue(Iterator<? extends List<ImageSource>> batches, List<BatchBuffer> buffers) {
    this.batches = batches;
    this.free = new ArrayDeque<>(buffers);
  }

  /** One image of a batch, taken by one thread. */
  record Work(PendingBatch batch, int index) {}

  /** The next image to process. Waits while every buffer is in use. Empty when no image is left. */
  Optional<Work> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && threadFailure.isEmpty()) {
        if (filling.isPresent() && filling.get().hasMore()) {
          return Optional.of(new Work(filling.get(), filling.get().takeOne()));
        }
        if (exhausted) {
          return Optional.empty();
        }
        if (free.isEmpty()) {
          workChanged.await();
        } else {
          startBatch();
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void startBatch() {
    try {
      if (batches.hasNext()) {
        PendingBatch batch = new PendingBatch(batches.next(), free.element());
        free.remove();
        batch.buffer().clearFrom(batch.size());
        inOrder.add(batch);
        filling = Optional.of(batch);
      } else {
        exhausted = true;
      }
    } catch (RuntimeException e) {
      sourceFailure = Optional.of(e);
      exhausted = true;
    }
    workChanged.signalAll();
    batchDone.signalAll();
  }

  /** Reports that an image is finished, successfully or not. */
  void finish(PendingBatch batch) {
    lock.lock();
    try {
      batch.markDone();
      if (batch.isComplete()) {
        batchDone.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Reports that a thread takes no more images and may have lost one. */
  void threadDied(Throwable cause) {
    lock.lock();
    try {
      threadFailure = Optional.of(threadFailure.orElse(cause));
      workChanged.signalAll();
      batchDone.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next batch in order to be complete; empty after the last.
   *
   * @throws IllegalStateException after close, or if the source of batches or a thread failed
   */
  Optional<PendingBatch> nextComplete() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (closed) {
          throw new IllegalStateException("batch loader used after close");
        }
        if (!inOrder.isEmpty() && inOrder.element().isComplete()) {
          return Optional.of(inOrder.remove());
        }
        throwIfPresent(threadFailure, "an image thread died: ");
        if (inOrder.isEmpty()) {
          throwIfPresent(sourceFailure, "the source of batches failed: ");
          if (exhausted) {
            return Optional.empty();
          }
        }
        batchDone.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void throwIfPresent(Optional<Throwable> failure, String what) {
    if (failure.isPresent()) {
      throw new IllegalStateException(what + failure.get(), failure.get());
    }
  }

  /** Frees a buffer for another batch. */
  void giveBack(BatchBuffer buffer) {
    lock.lock();
    try {
      free.add(buffer);
      workChanged.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Wakes all waiting threads. Returns whether this call closed the queue. */
  boolean close() {
    lock.lock();
    try {
      boolean first = !closed;
      closed = true;
      workChanged.signalAll();
      batchDone.signalAll();
      return first;
    } finally {
      lock.unlock();
    }
  }
}
