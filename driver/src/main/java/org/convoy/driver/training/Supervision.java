package org.convoy.driver.training;

import java.util.List;
import java.util.Optional;
import org.convoy.driver.data.SampleIndex;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.image.loader.Batch;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.Mix;
import org.convoy.image.transform.Mixture;
import org.convoy.task.MaskedAutoencoder;
import org.convoy.task.MixedTargets;
import org.convoy.task.Target;
import org.convoy.task.Task;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The targets of training micro-batches, as the task defines them, and the weights of their
 * samples. If the recipe mixes samples, it mixes pixels and targets together. The random draws
 * depend on the recipe's seed and on the micro-batch's number in the run, and not on the executor.
 */
final class Supervision implements AutoCloseable {
  private final Task task;
  private final List<Mix> mixes;
  private final long seed;
  private final Graph graph;
  private final SampleIndex index;
  private final INDArray rows;
  private final Optional<double[]> classWeights;
  private final Optional<HiddenPatches> patches;

  /**
   * @param index of the training split
   */
  Supervision(RunSpec spec, SampleIndex index) {
    this.task = spec.recipe().task();
    this.mixes = spec.recipe().image().mix();
    this.seed = new Draws(spec.recipe().seed(), "mix").bits(0);
    this.graph = spec.graph();
    this.index = index;
    this.classWeights = classWeights(spec, index);
    this.patches =
        task instanceof MaskedAutoencoder masked
            ? Optional.of(
                new HiddenPatches(
                    graph, spec.places(), masked.ratio(), Backpropagation.draws(spec)))
            : Optional.empty();
    this.rows = Nd4j.create(DataType.FLOAT, graph.outputShape().batched(spec.places()));
  }

  /** The weight of each class; empty if they are equal. */
  private static Optional<double[]> classWeights(RunSpec spec, SampleIndex index) {
    return spec.recipe().classWeights().equal()
        ? Optional.empty()
        : Optional.of(spec.recipe().classWeights().of(index.classes(), index.classCounts()));
  }

  /**
   * The targets and weights of a micro-batch; its images are mixed in place.
   *
   * @param key the micro-batch's number in the run
   * @return valid until the next call
   */
  Supervised of(Batch batch, long key) {
    List<Target> samples = index.targets(batch.sampleIds(), batch.size());
    patches.ifPresent(hidden -> hidden.write(batch.imagesBuffer(), key, rows));
    int[] partners = Mixture.partners(batch.weights());
    Optional<Mixture> drawn = draw(key);
    if (drawn.isEmpty()) {
      return new Supervised(
          task.targets(samples, rows), weights(batch.weights(), samples, 1, partners));
    }
    Mixture mixture = drawn.get();
    mixture.apply(
        batch.imagesBuffer(),
        graph.inputShape().channels(),
        graph.inputShape().dimension(1),
        graph.inputShape().dimension(2),
        partners);
    return new Supervised(
        MixedTargets.of(samples, mixture.own(), partners, rows),
        weights(batch.weights(), samples, mixture.own(), partners));
  }

  private SampleWeights weights(
      float[] counting, List<Target> samples, double own, int[] partners) {
    return classWeights
        .map(classes -> SampleWeights.of(counting, samples, classes, own, partners))
        .orElseGet(() -> SampleWeights.alike(counting));
  }

  private Optional<Mixture> draw(long key) {
    if (mixes.isEmpty()) {
      return Optional.empty();
    }
    CounterRandom random = CounterRandom.ofSeed(seed).split(key);
    Mix mix = mixes.get(random.nextInt(mixes.size()));
    return Optional.of(
        mix.draw(graph.inputShape().dimension(1), graph.inputShape().dimension(2), random));
  }

  @Override
  public void close() {
    rows.close();
  }
}
