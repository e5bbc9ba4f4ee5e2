package org.convoy.image;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, decodes and augments batches ahead of their consumer, on threads of its own, and delivers them in order. What
 * it delivers depends on the sources, the preprocessing, the seed and the epoch; never on threads or timing. It holds
 * {@code batchesAhead + 1} buffers: when all are full or lent, its threads wait.
 *
 * <p>One consumer thread. Threads take single images, so that all of them work on the batch that is needed first.
 */
public final class BatchLoader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchLoader.class);
  private static final long CLOSE_TIMEOUT_SECONDS = 30;

  private final Iterator<? extends List<ImageSource>> batches;
  private final SampleTask task;
  private final LoaderOptions options;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition workChanged = lock.newCondition();
  private final Condition batchDone = lock.newCondition();
  private final List<BatchBuffer> buffers = new ArrayList<>();
  private final Deque<BatchBuffer> free = new ArrayDeque<>();
  private final Deque<PendingBatch> inOrder = new ArrayDeque<>();
  private final List<Thread> threads = new ArrayList<>();
  private Optional<PendingBatch> filling = Optional.empty();
  /** Why the source of batches ended early; what it gave before is still delivered. */
  private Optional<Throwable> sourceFailure = Optional.empty();
  /** Why a thread died; nothing more is delivered than what is complete. */
  private Optional<Throwable> threadFailure = Optional.empty();
  private boolean exhausted;
  private volatile boolean closed;

  private BatchLoader(
      Iterator<? extends List<ImageSource>> batches, Preprocessing preprocessing, SampleTask task, LoaderOptions options) {
    this.batches = batches;
    this.task = task;
    this.options = options;
    for (int i = 0; i <= options.batchesAhead(); i++) {
      BatchBuffer buffer = new BatchBuffer(options.batchCapacity(), preprocessing.floatsPerImage());
      buffers.add(buffer);
      free.add(buffer);
    }
    for (int i = 0; i < options.threads(); i++) {
      Thread thread = new Thread(() -> work(preprocessing), "convoy-images-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /**
   * Starts to load augmented batches of one epoch.
   *
   * @param batches the samples of each batch; asked for on the loader's threads, one at a time, under its lock, so it
   *     should only hand out what is already known
   */
  public static BatchLoader forTraining(
      Iterator<? extends List<ImageSource>> batches,
      Preprocessing preprocessing,
      long seed,
      int epoch,
      LoaderOptions options) {
    SampleTask task =
        (preprocessor, source, image) ->
            preprocessor.train(
                source.name(),
                source.bytes().read(),
                CounterRandom.forSample(seed, epoch, source.sampleId()),
                image,
                0);
    return new BatchLoader(batches, preprocessing, task, options);
  }

  /** Starts to load batches for validation or prediction; see {@link #forTraining}. */
  public static BatchLoader forEvaluation(
      Iterator<? extends List<ImageSource>> batches, Preprocessing preprocessing, LoaderOptions options) {
    SampleTask task =
        (preprocessor, source, image) -> preprocessor.evaluate(source.name(), source.bytes().read(), image, 0);
    return new BatchLoader(batches, preprocessing, task, options);
  }

  /**
   * Waits for the next batch; empty after the last. Close the batch before asking for the one after the next, or the
   * loader runs out of buffers.
   *
   * @throws ImageDecodeException if an image of this batch does not decode and the options say fail; of several, the
   *     first in the batch's order
   * @throws IOException if an image could not be read, whatever the options say; the message names it
   * @throws IllegalStateException after close, or if the source of batches or a thread failed
   */
  public Optional<Batch> next() throws IOException, InterruptedException {
    PendingBatch batch;
    lock.lockInterruptibly();
    try {
      while (!headIsComplete()) {
        requireOpen();
        throwIfPresent(threadFailure, "an image thread died: ");
        if (inOrder.isEmpty()) {
          throwIfPresent(sourceFailure, "the source of batches failed: ");
        }
        if (inOrder.isEmpty() && exhausted) {
          return Optional.empty();
        }
        batchDone.await();
      }
      requireOpen();
      batch = inOrder.remove();
    } finally {
      lock.unlock();
    }
    try {
      return Optional.of(new Batch(this, batch.buffer(), batch.size(), badImages(batch)));
    } catch (IOException | RuntimeException e) {
      giveBack(batch.buffer());
      throw e;
    }
  }

  private static void throwIfPresent(Optional<Throwable> failure, String what) {
    if (failure.isPresent()) {
      throw new IllegalStateException(what + failure.get(), failure.get());
    }
  }

  private boolean headIsComplete() {
    return !inOrder.isEmpty() && inOrder.peek().isComplete();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("batch loader used after close");
    }
  }

  private List<BadImage> badImages(PendingBatch batch) throws IOException {
    List<BadImage> bad = new ArrayList<>();
    for (PendingBatch.SampleFailure failed : batch.failures()) {
      ImageSource source = failed.source();
      if (failed.cause() instanceof ImageDecodeException refusal) {
        if (options.onBadImage() == OnBadImage.FAIL) {
          throw refusal;
        }
        LOG.warn("skipped: {}", refusal.getMessage());
        bad.add(new BadImage(source.sampleId(), source.name(), refusal.reason()));
      } else if (failed.cause() instanceof IOException unread) {
        throw new IOException("image " + source.name() + " could not be read: " + unread.getMessage(), unread);
      } else {
        throw new IllegalStateException("image " + source.name() + ": " + failed.cause(), failed.cause());
      }
    }
    return bad;
  }

  boolean isClosed() {
    return closed;
  }

  void giveBack(BatchBuffer buffer) {
    lock.lock();
    try {
      free.add(buffer);
      workChanged.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void work(Preprocessing preprocessing) {
    try (Preprocessor preprocessor = new Preprocessor(preprocessing)) {
      float[] image = new float[preprocessing.floatsPerImage()];
      for (Optional<Work> work = take(); work.isPresent(); work = take()) {
        work.get().run(preprocessor, image);
        finish(work.get().batch);
      }
    } catch (InterruptedException e) {
      LOG.debug("image thread interrupted by close");
    } catch (Throwable e) {
      fail(e);
    }
  }

  /** The next image to do; waits while every buffer is in use; empty when there is no more. */
  private Optional<Work> take() throws InterruptedException {
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

  private void finish(PendingBatch batch) {
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

  private void fail(Throwable cause) {
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
   * Stops the threads, waits for them and frees every buffer, lent ones included. A thread that hangs in a read that
   * cannot be interrupted is left behind after 30 seconds, with its buffers and an error in the log.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      workChanged.signalAll();
      batchDone.signalAll();
    } finally {
      lock.unlock();
    }
    threads.forEach(Thread::interrupt);
    if (join()) {
      buffers.forEach(BatchBuffer::close);
    } else {
      LOG.error("an image thread did not stop within {} s; its buffers stay allocated", CLOSE_TIMEOUT_SECONDS);
    }
  }

  private boolean join() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_TIMEOUT_SECONDS);
    boolean interrupted = false;
    boolean stopped = true;
    for (Thread thread : threads) {
      while (thread.isAlive() && System.nanoTime() < deadline) {
        try {
          TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      stopped &= !thread.isAlive();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return stopped;
  }

  /** Reads one source and preprocesses it into a scratch image. */
  @FunctionalInterface
  private interface SampleTask {
    void run(Preprocessor preprocessor, ImageSource source, float[] image) throws IOException;
  }

  /** One image of a batch, taken by one thread. */
  private final class Work {
    private final PendingBatch batch;
    private final int index;

    Work(PendingBatch batch, int index) {
      this.batch = batch;
      this.index = index;
    }

    void run(Preprocessor preprocessor, float[] image) {
      try {
        task.run(preprocessor, batch.source(index), image);
        batch.store(index, image);
      } catch (Throwable e) {
        batch.fail(index, e);
      }
    }
  }
}
