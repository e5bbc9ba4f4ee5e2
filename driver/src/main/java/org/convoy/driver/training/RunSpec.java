package org.convoy.driver.training;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.data.LaneSettings;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.image.transform.Size;
import org.convoy.optim.Horizon;

/**
 * The description of a run for every executor. The sample indexes are broadcast separately.
 *
 * @param recipe as the user stated it, overrides applied
 * @param graphJson the network, as {@link Graph#toJson} writes it
 * @param classes class names in label order
 * @param trainingSamples in the training split
 * @param blockSize neighbouring samples that are read together
 * @param windowBlocks the number of blocks that are mixed
 * @param output folder of the run, a Hadoop path
 * @param checkpoint the step of the checkpoint to resume from; negative for a new run
 * @param dataFingerprint of the training split
 * @param data the digests by which a resumed run notices changed images
 * @param models that the run is given
 * @param attempt from 0, one more after each loss of executors
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

  /** The number of images in a micro-batch: of each sample as many as the loss compares views. */
  int places() {
    return microBatchSize() * recipe.loss().views();
  }

  Horizon horizon() {
    return new Horizon(trainingSamples / recipe.batch().globalSize(), recipe.epochs());
  }

  /** One past the run's last step. */
  long lastStep() {
    long all = horizon().steps();
    return recipe.maxSteps() > 0 ? Math.min(all, recipe.maxSteps()) : all;
  }

  /**
   * The shape of one sample in training.
   *
   * @param epoch from 0
   */
  Shape input(int epoch) {
    return input(epoch, graph().inputShape());
  }

  private Shape input(int epoch, Shape own) {
    if (recipe.image().progressive().isEmpty()) {
      return own;
    }
    Size size = recipe.image().size(epoch, new Size(own.dimension(1), own.dimension(2)));
    return Shape.of(own.channels(), size.height(), size.width());
  }

  /** All shapes that samples have in training, in the order of the epochs. */
  List<Shape> inputs() {
    Shape own = graph().inputShape();
    return IntStream.range(0, recipe.epochs())
        .mapToObj(epoch -> input(epoch, own))
        .distinct()
        .toList();
  }

  /**
   * The network as an epoch trains it: at the resolution of its images, with what is dropped in it.
   *
   * @param epoch from 0
   */
  Graph trained(int epoch) {
    return recipe.model().dropBlock().in(graph().at(input(epoch)), epoch, recipe.epochs());
  }

  /**
   * The network at some resolution as the last epoch trains it, which takes at least the memory and
   * the time of the others.
   */
  Graph trainedLast(Graph at) {
    return recipe.model().dropBlock().in(at, recipe.epochs() - 1, recipe.epochs());
  }

  Optional<Long> resumeFrom() {
    return checkpoint < 0 ? Optional.empty() : Optional.of(checkpoint);
  }

  RunSpec with(Recipe other) {
    return new RunSpec(
        other,
        graphJson,
        classes,
        trainingSamples,
        blockSize,
        windowBlocks,
        output,
        checkpoint,
        dataFingerprint,
        data,
        models,
        attempt);
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
