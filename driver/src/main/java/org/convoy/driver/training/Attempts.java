package org.convoy.driver.training;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.ExecutorWait;
import org.convoy.driver.spark.Shared;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.TooFewExecutorsException;

/**
 * The attempts of a run, each a barrier stage. An attempt that loses an executor is followed by
 * another one from the last checkpoint, as often as the recipe allows. An attempt that was stopped,
 * because executors came or are told to end, has saved its last step; the next one goes on there.
 */
final class Attempts {
  /** How long an executor that is told to end may take to do so. */
  private static final double LEAVE_SECONDS = 30;

  private final SparkCluster cluster;
  private final Recipe recipe;
  private final int wanted;
  private final RestartBudget restarts;
  private final ExecutorWait wait;

  Attempts(SparkCluster cluster, Recipe recipe, TrainingRequest request, Terminal terminal) {
    this.cluster = cluster;
    this.recipe = recipe;
    this.wanted = request.executors();
    this.restarts = new RestartBudget(recipe.maxRestarts(), System::nanoTime);
    this.wait = new ExecutorWait(cluster, recipe.executors(), terminal::print);
  }

  /**
   * Waits for the executors that the run asked for.
   *
   * @return how many there are
   * @throws TrainingFailedException if there are fewer than the recipe needs
   */
  int awaitExecutors() throws InterruptedException, TrainingFailedException {
    try {
      return wait.forAll(wanted);
    } catch (TooFewExecutorsException e) {
      throw new TrainingFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private int awaitRest(Ledger ledger) throws InterruptedException, TrainingFailedException {
    try {
      cluster.awaitGone(ledger.leavers(), LEAVE_SECONDS);
      return wait.forMinimum(wanted);
    } catch (TooFewExecutorsException e) {
      throw new TrainingFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Runs the stage until it comes to the run's end. */
  List<ExecutorResult> run(
      RunSpec first,
      Ledger ledger,
      Shared<SampleIndex> training,
      List<Shared<SampleIndex>> validation)
      throws IOException, InterruptedException, TrainingFailedException {
    RunSpec spec = first;
    int count = awaitExecutors();
    while (true) {
      ledger.begin(spec, count, wanted);
      BarrierStage stage = new BarrierStage(cluster, spec, training, validation, ledger);
      Optional<List<ExecutorResult>> results = stage.run(count, wanted);
      boolean stopped = results.isPresent();
      if (stopped && results.get().get(0).outcome().length > 0) {
        return results.get();
      }
      if (!stopped && !restarts.take()) {
        throw new TrainingFailedException(
            String.format(
                Locale.ROOT,
                "executors were lost more than max-restarts = %d times within an hour; the last: %s",
                recipe.maxRestarts(),
                ledger.lastLoss()));
      }
      long checkpoint = new StateFiles(spec, cluster.hadoop()).latest().orElse(-1L);
      spec = spec.from(checkpoint, spec.attempt() + 1);
      if (stopped) {
        count = awaitRest(ledger);
      } else {
        ledger.restarted(Math.max(0, checkpoint));
        count = awaitExecutors();
      }
    }
  }
}
