package org.convoy.driver.training;

import java.io.IOException;
import java.util.Optional;
import org.convoy.driver.evaluation.Weights;
import org.convoy.driver.exchange.sums.Exchange;

/** What a run saves and reads: weights, the state of its steps, and its progress. */
final class RunCheckpoints implements AutoCloseable {
  private final StateFiles files;
  private final Saving saving;
  private final Exchange exchange;
  private final Weights weights;
  private final Backpropagation backpropagation;
  private final Progress progress;
  private final StepClock clock;

  /**
   * @param backpropagation knows the choices of kernels, which a resumed run repeats
   */
  RunCheckpoints(
      StateFiles files,
      Saving saving,
      Exchange exchange,
      Weights weights,
      Backpropagation backpropagation,
      Progress progress,
      StepClock clock) {
    this.files = files;
    this.saving = saving;
    this.exchange = exchange;
    this.weights = weights;
    this.backpropagation = backpropagation;
    this.progress = progress;
    this.clock = clock;
  }

  /** Begins a checkpoint; it is in place some steps later. */
  void begin(long step, Descent descent) throws IOException, InterruptedException {
    StepClock.Phase before = clock.enter(StepClock.Phase.CHECKPOINT);
    boolean first = exchange.rank() == 0;
    saving.begin(
        new RunState(
            step,
            first ? Optional.of(weights.parameters()) : Optional.empty(),
            first ? progress.best().kept() : Optional.empty(),
            descent.saved(step)),
        files.position(
            step,
            exchange.size(),
            backpropagation.choices(),
            progress.epoch(),
            progress.history()));
    clock.enter(before);
  }

  /** Waits until the checkpoint that is under way, if there is one, is in place. */
  void finish() throws IOException, InterruptedException {
    StepClock.Phase before = clock.enter(StepClock.Phase.CHECKPOINT);
    saving.finish();
    clock.enter(before);
  }

  /** Puts the checkpoint in place that was under way when the run failed. */
  void finishAfter(Exception failure) throws InterruptedException {
    try {
      finish();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** Waits until the best weights may change, because they are written. */
  void awaitWritten() throws IOException, InterruptedException {
    saving.awaitWritten();
  }

  /** Goes on from the checkpoint after a step. */
  void load(long step, Descent descent) throws IOException {
    progress.restored(
        files.load(step, weights, descent.state(step), progress.best(), progress.epoch()));
    descent.restored(step);
  }

  /**
   * Requires finite weights.
   *
   * @throws DivergedException if some are NaN or infinite
   */
  void requireFinite(long step) {
    files.requireFinite(step, weights);
  }

  @Override
  public void close() {
    saving.close();
  }
}
