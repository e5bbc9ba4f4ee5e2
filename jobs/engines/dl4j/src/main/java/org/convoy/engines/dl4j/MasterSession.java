package org.convoy.engines.dl4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.driver.engine.EngineRun;
import org.convoy.driver.engine.ForeignEngine;
import org.convoy.graph.Parameters;
import org.convoy.rivals.dl4j.Dl4jNetwork;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A run with one of DL4J's masters. Each partition of the paths that it fits is one worker's part
 * of the steps, so that DL4J moves no samples between executors.
 */
final class MasterSession implements ForeignEngine.Session {
  private final EngineRun run;
  private final Rounds rounds;
  private final JavaSparkContext spark;
  private final Dl4jNetwork network;
  private final SparkComputationGraph master;

  MasterSession(EngineRun run, Rounds rounds) {
    this.run = run;
    this.rounds = rounds;
    this.spark = JavaSparkContext.fromSparkContext(SparkContext.getOrCreate());
    Parameters layout = Parameters.of(run.graph());
    Updaters updater = Updaters.of(run.optimizer(), run.graph());
    this.network =
        new Dl4jNetwork(
            run.graph(),
            updater.updater().apply(rates(0)),
            updater.weightDecay(),
            updater.biasDecay(),
            (parameter, values) ->
                values.put(layout.view(run.first(), parameter).dup('c').data().asFloat()));
    this.master = new SparkComputationGraph(spark, network.network(), rounds.master());
  }

  @Override
  public long stepsAtOnce() {
    return rounds.steps();
  }

  @Override
  public double train(long from, long to) {
    if (rounds.restart()) {
      network.network().setLearningRate(rates(from));
    }
    List<String> paths =
        IntStream.range(0, run.workers())
            .boxed()
            .flatMap(
                part ->
                    LongStream.range(from, to)
                        .mapToObj(step -> PartLoader.path(step, part, run.workers())))
            .toList();
    master.fitPaths(spark.parallelize(paths, run.workers()), new PartLoader(run.data()));
    double score = rounds.tellsLoss() ? master.getScore() : lastScore(to - 1);
    return score - penalty();
  }

  /** The score of a step's samples with the updated network of the driver. */
  private double lastScore(long step) {
    PartLoader loader = new PartLoader(run.data());
    try {
      double sum = 0;
      for (int part = 0; part < run.workers(); part++) {
        DataSet samples = loader.load(step, part, run.workers());
        sum += network.network().score(samples, true);
      }
      return sum / run.workers();
    } catch (IOException e) {
      throw new UncheckedIOException("the loss of step " + (step + 1), e);
    }
  }

  /** The L2 penalty, which DL4J counts in its score. */
  private double penalty() {
    return Arrays.stream(network.network().getLayers())
        .mapToDouble(layer -> layer.calcRegularizationScore(true))
        .sum();
  }

  private RunRates rates(long firstStep) {
    return new RunRates(run.schedule(), run.horizon(), firstStep);
  }

  @Override
  public void copyTo(INDArray parameters) {
    Parameters layout = Parameters.of(run.graph());
    network.read(
        (parameter, values) -> {
          INDArray view = layout.view(parameters, parameter);
          try (INDArray read = Nd4j.createFromArray(values)) {
            view.assign(read.reshape('c', view.shape()));
          }
        });
  }

  @Override
  public void close() {
    rounds.close();
    network.network().close();
  }
}
