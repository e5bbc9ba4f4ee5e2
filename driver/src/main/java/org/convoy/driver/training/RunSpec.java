package org.convoy.driver.training;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.data.LaneSettings;
import org.convoy.graph.Graph;
import org.convoy.optim.Horizon;

/**
 * What every executor is told about a run; the sample indexes go beside it as broadcasts.
 *
 * @param recipe as the user stated it, overrides applied
 * @param graphJson the network, as {@link Graph#toJson} writes it
 * @param classes class names in label order
 * @param trainingSamples in the training split
 * @param blockSize neighbouring samples that are read together
 * @param windowBlocks blocks that are mixed
 * @param output folder of the run, a Hadoop path
 * @param checkpoint the step of the checkpoint to go on from, negative to start afresh
 * @param dataFingerprint of the training split
 * @param data by what changed images are noticed when the run goes on
 * @param models that the run is given
 * @param attempt from 0, one more each time executors were lost
 */
record RunSpec(
    Recipe recipe,
    String graphJson,
    List<String> classes,
    int trainingSamples,
    int blockSize,
    int windowBlocks,
    String output,
    long checkpoint,
    String dataFingerprint,
    DataDigests data,
    GivenModels models,
    int attempt)
    implements Serializable {

  RunSpec {
    classes = List.copyOf(classes);
  }

  Graph graph() {
    return Graph.fromJson(graphJson);
  }

  LaneSettings lanes() {
    return new LaneSettings(blockSize, windowBlocks);
  }

  int microBatches() {
    return recipe.batch().microBatches();
  }

  /** G, the number of groups that the micro-batches form. */
  int groups() {
    return recipe.groups();
  }

  int microBatchSize() {
    return recipe.batch().microBatchSize();
  }

  Horizon horizon() {
    return new Horizon(trainingSamples / recipe.batch().globalSize(), recipe.epochs());
  }

  /** The step after the run's last. */
  long lastStep() {
    long all = horizon().steps();
    return recipe.maxSteps() > 0 ? Math.min(all, recipe.maxSteps()) : all;
  }

  Optional<Long> resumeFrom() {
    return checkpoint < 0 ? Optional.empty() : Optional.of(checkpoint);
  }

  RunSpec with(GivenModels given) {
    return new RunSpec(
        recipe,
        graphJson,
        classes,
        trainingSamples,
        blockSize,
        windowBlocks,
        output,
        checkpoint,
        dataFingerprint,
        data,
        given,
        attempt);
  }

  RunSpec from(long step, int attempt) {
    return new RunSpec(
        recipe,
        graphJson,
        classes,
        trainingSamples,
        blockSize,
        windowBlocks,
        output,
        step,
        dataFingerprint,
        data,
        models,
        attempt);
  }
}
