package org.convoy.driver.training;

import java.util.Locale;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.NativeBudget;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.kernels.Backend;
import org.convoy.settings.RequestException;

/**
 * The micro-batch size where a recipe leaves it to Convoy: the greatest power of two whose budget
 * fits into the executors' memory. Plans state their memory from shapes alone, so nothing is tried
 * out. The run's recipe then states the number, in checkpoints and in the saved model.
 */
final class AutoBatch {
  /** Greater ones are no faster, and leave fewer steps in an epoch. */
  private static final int MOST = 256;

  private AutoBatch() {}

  /**
   * The run with a micro-batch size; the same run if its recipe states one.
   *
   * @throws RequestException if not even one image fits, or the data has no global batch of so few
   */
  static RunSpec decide(RunSpec spec, Backend backend, int executors, ExecutorSize size) {
    if (!spec.recipe().batch().isAuto()) {
      return spec;
    }
    int most = Math.min(MOST, spec.trainingSamples() / spec.microBatches());
    RunSpec best = spec.with(spec.recipe().withMicroBatchSize(1));
    NativeBudget least = TrainingBudget.of(best, backend, executors, size);
    if (least.bytes() > size.overheadBytes()) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "batch.micro-batch-size is auto, and one image takes %d MiB beside the Java heap (%s), of %d: set spark.executor.memoryOverhead to what an executor may take there",
              least.bytes() >> 20,
              least,
              size.overheadBytes() >> 20));
    }
    for (int images = 2; images <= most; images *= 2) {
      RunSpec larger = spec.with(spec.recipe().withMicroBatchSize(images));
      if (TrainingBudget.of(larger, backend, executors, size).bytes() > size.overheadBytes()) {
        break;
      }
      best = larger;
    }
    return best;
  }

  /** The recipe with the micro-batch size that a former run of it decided. */
  static Recipe asDecided(Recipe recipe, Recipe then) {
    return recipe.batch().isAuto()
        ? recipe.withMicroBatchSize(then.batch().microBatchSize())
        : recipe;
  }
}
