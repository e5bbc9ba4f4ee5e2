package org.convoy.driver.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.convoy.driver.checkpoint.CheckpointPart;
import org.convoy.driver.checkpoint.RunPosition;
import org.convoy.driver.exchange.sums.Exchange;

/**
 * Writes checkpoints while training goes on. {@link #begin} copies the state; a thread of each
 * executor writes the copy. With each step the executors tell each other who has written. When all
 * have, rank 0 commits. So all executors are in the same phase of a checkpoint after the same step,
 * and a checkpoint appears only when all of its files are there.
 *
 * <p>One checkpoint is under way at a time: the next one waits for it. A failure of the writing
 * thread is thrown to the training thread at its next step.
 *
 * <p>All methods are called by the training thread, and, except {@link #awaitWritten} and {@link
 * #written}, by all executors at the same place.
 */
final class Saving implements AutoCloseable {
  private final StateFiles files;
  private final Exchange exchange;
  private final boolean inBackground;
  private final LongConsumer saved;
  private final StateCopy copy = new StateCopy();
  private final ExecutorService writer;
  private Optional<UnderWay> current = Optional.empty();

  /** The checkpoint that is being made. */
  private static final class UnderWay {
    final long step;
    final RunPosition position;
    final Future<List<CheckpointPart>> parts;
    Optional<Future<Void>> commit = Optional.empty();
    boolean reported;

    UnderWay(long step, RunPosition position, Future<List<CheckpointPart>> parts) {
      this.step = step;
      this.position = position;
      this.parts = parts;
    }
  }

  /**
   * @param inBackground whether training goes on meanwhile; if not, no copy is made
   * @param saved receives the step of each checkpoint that is in place, on rank 0
   */
  Saving(StateFiles files, Exchange exchange, boolean inBackground, LongConsumer saved) {
    this.files = files;
    this.exchange = exchange;
    this.inBackground = inBackground;
    this.saved = saved;
    this.writer =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "checkpoint writer");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Begins a checkpoint, once the one before it is in place.
   *
   * @param position of the run after the step of the state
   */
  void begin(RunState state, RunPosition position) throws IOException, InterruptedException {
    finish();
    RunState still = inBackground ? copy.of(state) : state;
    current =
        Optional.of(
            new UnderWay(
                state.step(),
                position,
                writer.submit(() -> files.write(still, exchange.rank(), exchange.size()))));
    if (!inBackground) {
      finish();
    }
  }

  /**
   * Whether this executor has written its files of a checkpoint that is not committed yet.
   *
   * @throws IOException if it could not write or commit
   */
  boolean written() throws IOException, InterruptedException {
    if (current.isEmpty()) {
      return false;
    }
    UnderWay checkpoint = current.get();
    if (checkpoint.commit.isPresent()) {
      reportCommitted(checkpoint);
      return false;
    }
    if (!checkpoint.parts.isDone()) {
      return false;
    }
    result(checkpoint.parts);
    return true;
  }

  private void reportCommitted(UnderWay checkpoint) throws IOException, InterruptedException {
    Future<Void> commit = checkpoint.commit.orElseThrow();
    if (!commit.isDone() || checkpoint.reported) {
      return;
    }
    result(commit);
    checkpoint.reported = true;
    if (exchange.rank() == 0) {
      saved.accept(checkpoint.step);
    }
  }

  /** To be called when all executors have told that they have {@link #written} their files. */
  void commit() throws IOException, InterruptedException {
    UnderWay checkpoint = current.orElseThrow();
    List<CheckpointPart> mine = result(checkpoint.parts);
    String told = String.join("\n", mine.stream().map(CheckpointPart::toJson).toList());
    List<CheckpointPart> all = new ArrayList<>();
    for (byte[] part : exchange.allGather(told.getBytes(StandardCharsets.UTF_8))) {
      new String(part, StandardCharsets.UTF_8)
          .lines()
          .map(CheckpointPart::fromJson)
          .forEach(all::add);
    }
    checkpoint.commit =
        Optional.of(
            exchange.rank() == 0
                ? writer.submit(
                    () -> {
                      files.commit(checkpoint.position, all);
                      return null;
                    })
                : CompletableFuture.completedFuture(null));
  }

  /** Waits until this executor's files are written; what they were written from may change then. */
  void awaitWritten() throws IOException, InterruptedException {
    if (current.isPresent()) {
      result(current.get().parts);
    }
  }

  /** Waits until the checkpoint that is under way, if there is one, is in place. */
  void finish() throws IOException, InterruptedException {
    if (current.isEmpty()) {
      return;
    }
    UnderWay checkpoint = current.get();
    if (checkpoint.commit.isEmpty()) {
      commit();
    }
    result(checkpoint.commit.orElseThrow());
    // Nobody goes on before the checkpoint is in place.
    exchange.barrier();
    reportCommitted(checkpoint);
    current = Optional.empty();
  }

  private static <T> T result(Future<T> work) throws IOException, InterruptedException {
    try {
      return work.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException failure) {
        throw failure;
      }
      if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      if (cause instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(cause);
    }
  }

  /** Gives up a checkpoint that is under way, and waits for the thread that reads the copy. */
  @Override
  public void close() {
    writer.shutdownNow();
    boolean interrupted = false;
    while (!writer.isTerminated()) {
      try {
        writer.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    copy.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
