package org.convoy.driver.training;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.spark.Shared;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.StageFailedException;
import org.convoy.driver.spark.StageListener;

/** One attempt at a run: one barrier stage with one task per executor. */
final class BarrierStage {
  private static final long CAUSE_MILLIS = 3000;

  private final SparkCluster cluster;
  private final RunSpec spec;
  private final Shared<SampleIndex> training;
  private final List<Shared<SampleIndex>> validation;
  private final Ledger ledger;

  BarrierStage(
      SparkCluster cluster,
      RunSpec spec,
      Shared<SampleIndex> training,
      List<Shared<SampleIndex>> validation,
      Ledger ledger) {
    this.cluster = cluster;
    this.spec = spec;
    this.training = training;
    this.validation = validation;
    this.ledger = ledger;
  }

  /**
   * Runs the stage.
   *
   * @param executors the number that take part
   * @param wanted the number that may take part, if more come
   * @return each executor's result, by rank; empty if an executor was lost
   * @throws TrainingFailedException if it failed for another reason
   */
  Optional<List<ExecutorResult>> run(int executors, int wanted)
      throws InterruptedException, TrainingFailedException {
    try {
      ExecutorTask task = new ExecutorTask(spec, training, validation);
      List<ExecutorResult> results =
          cluster.barrier(
              Integer.toString(spec.attempt()),
              task.toString(),
              executors,
              task,
              new Listener(executors, wanted));
      return Optional.of(
          results.stream().sorted(Comparator.comparingInt(ExecutorResult::rank)).toList());
    } catch (StageFailedException e) {
      return failed(e);
    }
  }

  private Optional<List<ExecutorResult>> failed(StageFailedException e)
      throws InterruptedException, TrainingFailedException {
    boolean clear = ledger.awaitCause(CAUSE_MILLIS);
    Optional<Message.Failed> cause = ledger.firstCause();
    if (cause.isPresent()) {
      Message.Failed failure = cause.get();
      throw new TrainingFailedException(failure.who() + ": " + failure.message(), e);
    }
    if (ledger.peersLost()) {
      if (!clear && cluster.replaceable()) {
        // It hangs or the others cannot reach it, but Spark has not noticed.
        cluster.replace(ledger.givenUp());
        ledger.awaitCause(CAUSE_MILLIS);
      }
      return Optional.empty();
    }
    throw new TrainingFailedException(String.valueOf(e.getMessage()), e);
  }

  /** Passes on the executors' messages and the losses of executors. */
  private final class Listener implements StageListener {
    private final int executors;
    private final int wanted;

    Listener(int executors, int wanted) {
      this.executors = executors;
      this.wanted = wanted;
    }

    @Override
    public void told(String message) {
      ledger.accept(Message.decode(message));
    }

    /** Answers whether the attempt stops after the present step. */
    @Override
    public String asked(String text) {
      Message message = Message.decode(text);
      ledger.accept(message);
      int alive = Math.min(cluster.alive(), wanted);
      // Those that Spark is about to end do not count; those that came wait for a checkpoint.
      boolean stop =
          cluster.replaceable()
              && (message instanceof Message.Saved ? alive != executors : alive < executors);
      return Boolean.toString(stop);
    }

    @Override
    public void lost(String executorId, String reason) {
      ledger.lost(executorId, reason);
    }
  }
}
