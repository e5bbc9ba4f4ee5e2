package org.convoy.image.loader;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.convoy.image.codec.ImageDecodeException;
import org.convoy.image.transform.Preprocessing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, decodes and augments batches ahead of their consumer, on its own threads, and delivers
 * them in order. The result depends on the sources, the preprocessing, the seed and the epoch,
 * never on threads or timing. The loader holds {@code batchesAhead + 1} buffers; when all are full
 * or lent, its threads wait. Images that are being decoded take bounded memory, {@link
 * LoaderOptions#decodingBytes}.
 *
 * <p>There is one consumer thread. Loader threads take single images, so all of them work on the
 * batch that is needed first.
 */
public final class BatchLoader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchLoader.class);
  private static final long CLOSE_TIMEOUT_SECONDS = 30;

  private final SampleTask task;
  private final OnBadImage onBadImage;
  private final DecodingBudget budget;
  private final Decoding decoding;
  private final JpegDecoders jpegs;
  private final List<BatchBuffer> buffers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final BatchQueue queue;

  private BatchLoader(
      Iterator<? extends List<ImageSource>> batches,
      Preprocessing preprocessing,
      SampleTask task,
      boolean training,
      LoaderOptions options) {
    this.task = task;
    this.onBadImage = options.onBadImage();
    this.budget = new DecodingBudget(options.decodingBytes());
    this.decoding = training ? options.decoding() : Decoding.EXACT;
    this.jpegs = decoding == Decoding.NVJPEG ? options.jpegs() : JpegDecoders.HOST;
    for (int i = 0; i <= options.batchesAhead(); i++) {
      buffers.add(
          new BatchBuffer(
              options.batchCapacity(), preprocessing, options.form(), options.memory()));
    }
    queue = new BatchQueue(batches, buffers);
    for (int i = 0; i < options.threads(); i++) {
      Thread thread = new Thread(() -> work(preprocessing), "convoy-images-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
  }

  private BatchLoader start() {
    threads.forEach(Thread::start);
    return this;
  }

  /**
   * Starts to load augmented batches of one epoch.
   *
   * @param batches the samples of each batch; called on the loader's threads, one at a time, while
   *     they hold its lock, so it should return at once
   */
  public static BatchLoader forTraining(
      Iterator<? extends List<ImageSource>> batches,
      Preprocessing preprocessing,
      long seed,
      int epoch,
      LoaderOptions options) {
    SampleTask task =
        (preprocessor, source, buffer, index) ->
            preprocessor.train(
                source.name(),
                source.bytes().read(),
                source.random(seed, epoch),
                source.view(),
                buffer,
                index);
    return new BatchLoader(batches, preprocessing, task, true, options).start();
  }

  /** Starts to load batches for validation or prediction; see {@link #forTraining}. */
  public static BatchLoader forEvaluation(
      Iterator<? extends List<ImageSource>> batches,
      Preprocessing preprocessing,
      LoaderOptions options) {
    SampleTask task =
        (preprocessor, source, buffer, index) ->
            preprocessor.evaluate(source.name(), source.bytes().read(), buffer, index);
    return new BatchLoader(batches, preprocessing, task, false, options).start();
  }

  /**
   * Waits for the next batch; empty after the last. Close the batch before asking for the one after
   * the next, or the loader runs out of buffers.
   *
   * @throws ImageDecodeException if an image of this batch does not decode and the options say
   *     fail; if there are several, for the first in the order of the batch
   * @throws IOException if an image cannot be read, whatever the options say; the message names it
   * @throws IllegalStateException after close, or if the source of batches or a thread failed
   */
  public Optional<Batch> next() throws IOException, InterruptedException {
    Optional<PendingBatch> complete = queue.nextComplete();
    if (complete.isEmpty()) {
      return Optional.empty();
    }
    PendingBatch batch = complete.get();
    try {
      return Optional.of(new Batch(this, batch.buffer(), batch.size(), badImages(batch)));
    } catch (IOException | RuntimeException e) {
      queue.giveBack(batch.buffer());
      throw e;
    }
  }

  private List<BadImage> badImages(PendingBatch batch) throws IOException {
    List<BadImage> bad = new ArrayList<>();
    for (PendingBatch.SampleFailure failed : batch.failures()) {
      ImageSource source = failed.source();
      if (failed.cause() instanceof ImageDecodeException refusal) {
        if (onBadImage == OnBadImage.FAIL) {
          throw refusal;
        }
        LOG.warn("skipped: {}", refusal.getMessage());
        bad.add(new BadImage(source.sampleId(), source.name(), refusal.reason()));
      } else if (failed.cause() instanceof IOException unread) {
        throw new IOException(
            "image " + source.name() + " could not be read: " + unread.getMessage(), unread);
      } else {
        throw new IllegalStateException(
            "image " + source.name() + ": " + failed.cause(), failed.cause());
      }
    }
    return bad;
  }

  boolean isClosed() {
    return queue.isClosed();
  }

  void giveBack(BatchBuffer buffer) {
    queue.giveBack(buffer);
  }

  private void work(Preprocessing preprocessing) {
    try (Preprocessor preprocessor =
        new Preprocessor(preprocessing, budget, decoding, jpegs.open())) {
      for (Optional<BatchQueue.Work> work = queue.take(); work.isPresent(); work = queue.take()) {
        run(work.get(), preprocessor);
        queue.finish(work.get().batch());
      }
    } catch (InterruptedException e) {
      LOG.debug("image thread interrupted by close");
    } catch (Throwable e) {
      queue.threadDied(e);
    }
  }

  /** Every failure of an image is kept for the consumer, in the order of the batch. */
  private void run(BatchQueue.Work work, Preprocessor preprocessor) throws InterruptedException {
    try {
      ImageSource source = work.batch().source(work.index());
      task.run(preprocessor, source, work.batch().buffer(), work.index());
      work.batch().store(work.index());
    } catch (InterruptedException e) {
      throw e;
    } catch (OutOfMemoryError e) {
      String name = work.batch().source(work.index()).name();
      ImageDecodeException refusal =
          new ImageDecodeException(name, "no memory for it (" + e.getMessage() + ")");
      refusal.initCause(e);
      work.batch().fail(work.index(), refusal);
    } catch (Throwable e) {
      work.batch().fail(work.index(), e);
    }
  }

  /**
   * Stops the threads, waits for them and frees every buffer, including lent ones. If a thread
   * hangs in a read that cannot be interrupted, it is left behind with its buffers after 30
   * seconds, and the log gets an error.
   */
  @Override
  public void close() {
    if (!queue.close()) {
      return;
    }
    threads.forEach(Thread::interrupt);
    if (join()) {
      buffers.forEach(BatchBuffer::close);
    } else {
      LOG.error(
          "an image thread did not stop within {} s; its buffers stay allocated",
          CLOSE_TIMEOUT_SECONDS);
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

  /** Reads one source and preprocesses it into its place in the batch. */
  @FunctionalInterface
  private interface SampleTask {
    void run(Preprocessor preprocessor, ImageSource source, BatchBuffer buffer, int index)
        throws IOException, InterruptedException;
  }
}
