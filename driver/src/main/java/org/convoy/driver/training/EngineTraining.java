package org.convoy.driver.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.data.ReadDistances;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleReader;
import org.convoy.driver.engine.EngineRun;
import org.convoy.driver.engine.ForeignEngine;
import org.convoy.driver.evaluation.Counted;
import org.convoy.driver.evaluation.ImageFeed;
import org.convoy.driver.evaluation.Weights;
import org.convoy.driver.exchange.wire.Traffic;
import org.convoy.driver.monitor.EpochRecord;
import org.convoy.driver.monitor.RunHistory;
import org.convoy.driver.monitor.StepRecord;
import org.convoy.driver.monitor.StepTimes;
import org.convoy.driver.spark.Shared;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.StageFailedException;
import org.convoy.kernels.Backends;
import org.convoy.optim.LearningRate;
import org.convoy.settings.RequestException;
import org.convoy.settings.Variants;
import org.convoy.task.Metric;

/**
 * A run whose training another program does. Convoy reads the images, validates, reports and saves
 * the model; there are no checkpoints. The driver decides how far the program trains at a time.
 */
final class EngineTraining {
  private static final String BACKEND = "onednn";

  private final SparkCluster cluster;
  private final RunSpec spec;
  private final Recipe recipe;
  private final Ledger ledger;
  private final int executors;
  private final ForeignEngine engine;
  private final RunHistory history = new RunHistory();
  private List<EngineValidation.Part> parts = List.of();

  EngineTraining(
      SparkCluster cluster, RunSpec spec, Ledger ledger, int executors, ForeignEngine engine) {
    this.cluster = cluster;
    this.spec = spec;
    this.recipe = spec.recipe();
    this.ledger = ledger;
    this.executors = executors;
    this.engine = engine;
  }

  /**
   * Trains to the end and saves the model.
   *
   * @throws TrainingFailedException if an executor fails
   */
  List<ExecutorResult> run(Shared<SampleIndex> training, List<Shared<SampleIndex>> validation)
      throws IOException, InterruptedException, TrainingFailedException {
    ledger.begin(spec, executors, executors);
    int cores = cluster.executorSize().cores();
    String name = cluster.applicationId() + " " + spec.output();
    EngineImages images = new EngineImages(spec, training, cluster.hadoop(), cores, name);
    try (SampleReader reader = SampleReader.of(training.value(), spec.lanes(), cluster.hadoop());
        Weights weights =
            FirstWeights.of(
                Backends.get(BACKEND), spec, feed(training.value(), reader), cluster.hadoop());
        ForeignEngine.Session session = engine.open(run(images, weights))) {
      int epochs = Math.toIntExact(-Math.floorDiv(-spec.lastStep(), perEpoch()));
      Map<String, Double> metrics = unmeasured();
      for (int epoch = 0; epoch < epochs; epoch++) {
        metrics = epoch(epoch, session, weights, validation);
      }
      new StateFiles(spec, cluster.hadoop()).requireFinite(spec.lastStep(), weights);
      return results(weights, metrics);
    } catch (RequestException e) {
      throw e;
    } catch (RuntimeException | StageFailedException e) {
      throw new TrainingFailedException(
          Variants.name(recipe.engine().getClass()) + ": " + e.getMessage(), e);
    } finally {
      EngineImages.close();
    }
  }

  /** Images for initial weights that are computed from some. */
  private ImageFeed feed(SampleIndex index, SampleReader reader) {
    return new ImageFeed(
        index,
        reader,
        recipe.image().preprocessing(spec.graph().inputShape()),
        recipe.data().loading(spec.microBatchSize(), 1));
  }

  private EngineRun run(EngineImages images, Weights weights) {
    return new EngineRun(
        recipe.engine(),
        spec.graph(),
        weights.parameters(),
        recipe.optimizer(),
        recipe.schedule(),
        spec.horizon(),
        recipe.seed(),
        executors,
        recipe.batch().globalSize() / executors,
        images);
  }

  private long perEpoch() {
    return spec.horizon().stepsPerEpoch();
  }

  private Map<String, Double> epoch(
      int epoch,
      ForeignEngine.Session session,
      Weights weights,
      List<Shared<SampleIndex>> validation)
      throws StageFailedException, InterruptedException {
    long start = System.nanoTime();
    long from = epoch * perEpoch();
    long to = Math.min(spec.lastStep(), from + perEpoch());
    LearningRate rate = recipe.schedule().over(spec.horizon());
    double losses = 0;
    for (long step = from; step < to; ) {
      long before = System.nanoTime();
      long end = Math.min(to, step + session.stepsAtOnce());
      double loss = session.train(step, end);
      if (!Double.isFinite(loss)) {
        throw new DivergedException(end, loss, rate.at(end - 1));
      }
      losses += loss * (end - step);
      long images = (end - step) * recipe.batch().globalSize();
      long nanos = System.nanoTime() - before;
      history.add(new StepRecord(end, epoch + 1, loss, rate.at(end - 1), images / (nanos * 1e-9)));
      ledger.accept(new Message.Progressed(end, epoch, loss, rate.at(end - 1), images, nanos));
      step = end;
    }
    boolean due = to == spec.lastStep() || (epoch + 1) % recipe.validation().everyEpochs() == 0;
    boolean validated = due && !validation.isEmpty();
    if (due) {
      session.copyTo(weights.parameters());
    }
    Map<String, Double> metrics = validated ? validate(weights, validation.get(0)) : unmeasured();
    double seconds = (System.nanoTime() - start) * 1e-9;
    long images = (to - from) * recipe.batch().globalSize();
    double mean = losses / (to - from);
    history.add(new EpochRecord(epoch + 1, to, mean, metrics, images / seconds, seconds));
    ledger.accept(
        new Message.EpochDone(
            epoch, to, mean, rate.at(to - 1), seconds, images, validated, metrics));
    return metrics;
  }

  private Map<String, Double> unmeasured() {
    return Metric.unmeasured(recipe.task().stated());
  }

  private Map<String, Double> validate(Weights weights, Shared<SampleIndex> validation)
      throws StageFailedException, InterruptedException {
    Counted all = new Counted(recipe.task(), spec.classes().size());
    try (Shared<float[]> parameters = cluster.share(weights.parameters().data().asFloat())) {
      EngineValidation task = new EngineValidation(spec, validation, parameters);
      parts = cluster.job("Convoy validation of " + recipe.name(), executors, task);
      parts.forEach(part -> part.addTo(all));
    }
    return all.metrics();
  }

  private List<ExecutorResult> results(Weights weights, Map<String, Double> metrics)
      throws IOException {
    String sha256 =
        new ModelFiles(spec, cluster.hadoop())
            .save(weights.backend(), weights.parameters(), metrics);
    ExecutorResult.Outcome outcome =
        new ExecutorResult.Outcome(sha256, history.toJson(), metrics, List.of());
    double rate = spec.lastStep() * recipe.batch().globalSize() / history.epochSeconds();
    List<ExecutorResult> results = new ArrayList<>();
    for (int rank = 0; rank < executors; rank++) {
      results.add(
          ExecutorResult.of(
              rank,
              String.valueOf(rank),
              "",
              cluster.executorSize().cores(),
              Recipe.Precision.FLOAT32.name().toLowerCase(Locale.ROOT),
              0,
              new Traffic(0, 0, 0),
              spec.lastStep() * recipe.batch().globalSize() / executors,
              rate / executors,
              StepTimes.NONE,
              new ReadDistances(0, 0),
              parts.isEmpty() ? new double[0] : parts.get(rank).counts(),
              parts.isEmpty() ? new long[0] : parts.get(rank).details(),
              rank == 0 ? Optional.of(outcome) : Optional.empty()));
    }
    return results;
  }
}
