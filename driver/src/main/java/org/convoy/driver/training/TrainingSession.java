package org.convoy.driver.training;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.checkpoint.RunLease;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.data.LaneSettings;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.engine.Convoy;
import org.convoy.driver.engine.ForeignEngine;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.driver.monitor.Event;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.Shared;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.settings.RequestException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A training run, seen from the driver: index the data once, run the stage until it is through, put
 * the results where the user finds them.
 */
public final class TrainingSession {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingSession.class);

  private final SparkCluster cluster;
  private final Recipe recipe;
  private final TrainingRequest request;
  private final Terminal terminal;
  private final Configuration hadoop;

  /**
   * @throws RequestException if there are more executors than micro-batches
   */
  public TrainingSession(
      SparkCluster cluster, Recipe recipe, TrainingRequest request, Terminal terminal) {
    request.check(recipe);
    this.cluster = cluster;
    this.recipe = recipe;
    this.request = request;
    this.terminal = terminal;
    this.hadoop = cluster.hadoop();
  }

  /**
   * Trains to the end.
   *
   * @throws RequestException if recipe and data do not fit together, or another run holds the
   *     folder
   * @throws TrainingFailedException if the run cannot go on
   * @throws IOException if data cannot be indexed or results not be written
   */
  public RunSummary run() throws IOException, InterruptedException, TrainingFailedException {
    Preflight.check(recipe, request, hadoop);
    HadoopStore folder = new HadoopStore(hadoop, new Path(request.output()));
    List<String> lost = new CopyOnWriteArrayList<>();
    Consumer<String> stop =
        thief -> {
          lost.add(thief);
          cluster.cancel();
        };
    try (RunLease lease = RunLease.acquire(folder, stop)) {
      // Another run may have been through in between.
      Preflight.checkFolder(recipe, request, folder);
      RunOwner.write(cluster.applicationId(), folder);
      return runAlone();
    } catch (TrainingFailedException e) {
      throw lost.isEmpty() ? e : new TrainingFailedException(lost.get(0), e);
    }
  }

  /** Trains in a folder that is this run's alone. */
  private RunSummary runAlone() throws IOException, InterruptedException, TrainingFailedException {
    long start = System.nanoTime();
    Attempts attempts = new Attempts(cluster, recipe, request, terminal);
    int executors = attempts.awaitExecutors();
    RunIndexes indexes =
        RunIndexes.of(recipe, request.output(), cluster.scanJobs(), hadoop, terminal::print);
    SampleIndex training = indexes.training();
    Optional<SampleIndex> validation = indexes.validation();
    RunSpec spec = spec(training, validation);
    Shared<SampleIndex> trainingEverywhere = cluster.share(training);
    List<Shared<SampleIndex>> validationEverywhere =
        validation.stream().map(cluster::share).toList();
    try (EventFile events = new EventFile(request.output(), hadoop)) {
      Ledger ledger = new Ledger(terminal, spec, events);
      try {
        List<ExecutorResult> results =
            recipe.engine() instanceof Convoy
                ? attempts.run(spec, ledger, trainingEverywhere, validationEverywhere)
                : new EngineTraining(cluster, spec, ledger, executors, engine(spec, executors))
                    .run(trainingEverywhere, validationEverywhere);
        double seconds = (System.nanoTime() - start) * 1e-9;
        RunFolder folder = new RunFolder(request.output(), hadoop);
        RunSummary summary = folder.finish(spec, ledger, results, validation, seconds);
        events.add(new Event.RunEnded(summary));
        return summary;
      } catch (TrainingFailedException e) {
        events.add(new Event.RunFailed(String.valueOf(e.getMessage())));
        throw e;
      } finally {
        ledger.progress().close();
      }
    } finally {
      trainingEverywhere.close();
      validationEverywhere.forEach(Shared::close);
    }
  }

  /** The other program that trains, after it has looked at the network. */
  private ForeignEngine engine(RunSpec spec, int executors) {
    ForeignEngine engine = ForeignEngine.of(recipe.engine());
    TrainingRequest actual = new TrainingRequest(request.output(), executors, request.resume());
    EngineLimits.check(recipe, actual, spec.graph(), engine);
    return engine;
  }

  private RunSpec spec(SampleIndex training, Optional<SampleIndex> validation) throws IOException {
    ClassBalance.check(recipe, training).ifPresent(terminal::print);
    Graph graph = TrainedNetwork.of(recipe, training.classes().size());
    LaneSettings lanes = lanes(training);
    RunSpec bare =
        new RunSpec(
            recipe,
            graph.toJson(),
            recipe.task().labels(training.classes(), graph.outputShape().channels()),
            training.count(),
            lanes.blockSize(),
            lanes.windowBlocks(),
            request.output(),
            -1,
            training.fingerprint(),
            DataDigests.of(training, validation),
            GivenModels.NONE,
            0);
    RunSpec fresh = bare.with(given(bare));
    Optional<Long> latest = request.resume() ? latest(fresh) : Optional.empty();
    RunSpec decided = decided(fresh, latest);
    Preflight.requireGlobalBatch(decided.recipe(), training.title(), training.count());
    TrainingBudget.of(decided, backend(), request.executors(), cluster.executorSize())
        .check(cluster.executorSize());
    DeviceBudget.of(decided, backend(), request.executors()).check(decided.recipe());
    return decided.from(latest.orElse(-1L), 0);
  }

  private Backend backend() {
    return Backends.get(recipe.backend().on(cluster.executorsHaveGpus()));
  }

  /** The checkpoint that the run goes on from, if there is one. */
  private Optional<Long> latest(RunSpec spec) throws IOException {
    StateFiles files = new StateFiles(spec, hadoop);
    Optional<Long> latest = files.latest();
    if (latest.isEmpty()) {
      if (new ModelFiles(spec, hadoop).exist()) {
        throw new RequestException(
            String.format(
                Locale.ROOT,
                "%s holds a model and no checkpoint that --resume could go on from: give another --out",
                request.output()));
      }
      LOG.warn(
          "--resume: {} holds no checkpoint to go on from, so the run begins anew",
          request.output());
    }
    return latest;
  }

  /** The run with a micro-batch size, which is that of the checkpoint if it goes on. */
  private RunSpec decided(RunSpec spec, Optional<Long> latest) throws IOException {
    if (!recipe.batch().isAuto()) {
      return spec;
    }
    RunSpec decided =
        latest.isPresent()
            ? spec.with(
                AutoBatch.asDecided(recipe, new StateFiles(spec, hadoop).recipe(latest.get())))
            : AutoBatch.decide(spec, backend(), request.executors(), cluster.executorSize());
    terminal.print("batch.micro-batch-size is " + decided.microBatchSize());
    return decided;
  }

  /** Looks at the models that the recipe names, and says what is made of them. */
  private GivenModels given(RunSpec spec) throws IOException {
    return new GivenModels(start(spec), teacher(spec));
  }

  private GivenModels.Given teacher(RunSpec spec) throws IOException {
    if (!recipe.distillation().on()) {
      return GivenModels.Given.NONE;
    }
    String location = recipe.distillation().location();
    SavedModel model = ModelFolder.load(location, hadoop);
    try {
      Teacher.check(model, location, spec);
      Teacher.normalisationDiffers(
              model, location, recipe.image().preprocessing(spec.graph().inputShape()))
          .ifPresent(LOG::warn);
      return GivenModels.Given.of(location, model);
    } finally {
      model.weights().close();
    }
  }

  private GivenModels.Given start(RunSpec spec) throws IOException {
    if (recipe.model().start().isEmpty()) {
      return GivenModels.Given.NONE;
    }
    String location = recipe.model().startLocation();
    try (StartingPoint start = StartingPoint.open(location, spec, hadoop)) {
      terminal.print(start.describe());
      start
          .preprocessingDiffers(recipe.image().preprocessing(spec.graph().inputShape()))
          .ifPresent(LOG::warn);
      return start.given();
    }
  }

  /** As the recipe says, and where it says nothing as fits the data. */
  private LaneSettings lanes(SampleIndex training) {
    LaneSettings fitting = LaneSettings.fitting(training, recipe.batch().microBatches());
    int block = recipe.data().blockSize();
    int window = recipe.data().shuffleWindow();
    return new LaneSettings(
        block > 0 ? block : fitting.blockSize(), window > 0 ? window : fitting.windowBlocks());
  }
}
