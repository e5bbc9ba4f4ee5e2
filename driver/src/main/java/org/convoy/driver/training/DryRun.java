package org.convoy.driver.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.driver.evaluation.NativeBudget;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.PlanRequest;
import org.convoy.optim.Horizon;
import org.convoy.settings.RequestException;

/**
 * Checks a run and works out what it will take, without a cluster: everything that a run checks
 * before its first step, and its plans compiled by shape. Data and models that do not exist yet are
 * named and not refused.
 */
public final class DryRun {
  /** The numbers of executors that weak scaling is forecast for, beside the run's own. */
  private static final int[] SCALES = {8, 16, 32, 64, 128, 256, 512, 1024};

  /** Backward computes the gradient of the input and that of the weights of each product. */
  private static final double TRAINING_PASSES = 3;

  private final Recipe recipe;
  private final TrainingRequest request;
  private final ExecutorSize size;
  private final Configuration hadoop;
  private final StepTime time;
  private final Optional<NetworkOutline> network;
  private final List<String> missing = new ArrayList<>();

  /**
   * @param size of each executor
   * @param time which the expected duration is worked out from
   * @param network by which the costs of a step are forecast; empty: they are not
   */
  public DryRun(
      Recipe recipe,
      TrainingRequest request,
      ExecutorSize size,
      Configuration hadoop,
      StepTime time,
      Optional<NetworkOutline> network) {
    this.recipe = recipe;
    this.request = request;
    this.size = size;
    this.hadoop = hadoop;
    this.time = time;
    this.network = network;
  }

  /**
   * Works the run out.
   *
   * @param stated of data that does not exist
   * @throws RequestException if the run would be refused
   * @throws org.convoy.driver.data.DataSetException if the data set exists and is not usable
   * @throws IOException if a file system cannot be asked
   */
  public RunEstimate estimate(DataOutline.Stated stated) throws IOException {
    request.check(recipe);
    DataOutline data = DataOutline.of(recipe, stated, hadoop);
    if (!data.exists() && !recipe.data().generate().wanted()) {
      missing.add("data.uri: " + recipe.data().location());
    }
    Graph graph = TrainedNetwork.of(recipe, data.classes());
    RunSpec undecided = spec(data, graph);
    checkModels();
    if (missing.isEmpty() && data.exists()) {
      Preflight.check(recipe, request, hadoop);
    }
    Backend backend = Backends.get(recipe.backend().on(recipe.executors().gpuMebibytes() > 0));
    RunSpec spec = AutoBatch.decide(undecided, backend, request.executors(), size);
    Preflight.requireGlobalBatch(spec.recipe(), recipe.data().location(), data.images());
    NativeBudget memory = TrainingBudget.of(spec, backend, request.executors(), size);
    DeviceBudget.of(spec, backend, request.executors()).check(spec.recipe());
    return estimate(spec, data, graph, backend, memory);
  }

  private RunSpec spec(DataOutline data, Graph graph) throws IOException {
    RunSpec bare =
        new RunSpec(
            recipe,
            graph.toJson(),
            recipe
                .task()
                .labels(Collections.nCopies(data.classes(), ""), graph.outputShape().channels()),
            data.images(),
            1,
            1,
            request.output(),
            -1,
            "",
            new DataDigests("", ""),
            GivenModels.NONE,
            0);
    return recipe.distillation().on() ? bare.with(withTeacher()) : bare;
  }

  private GivenModels withTeacher() throws IOException {
    String location = recipe.distillation().location();
    if (!exists(location)) {
      return GivenModels.NONE;
    }
    SavedModel teacher = ModelFolder.load(location, hadoop);
    try {
      return new GivenModels(GivenModels.Given.NONE, GivenModels.Given.of(location, teacher));
    } finally {
      teacher.weights().close();
    }
  }

  private void checkModels() throws IOException {
    if (!recipe.model().start().isEmpty() && !exists(recipe.model().startLocation())) {
      missing.add("model.start: " + recipe.model().startLocation());
    }
    if (recipe.distillation().on() && !exists(recipe.distillation().location())) {
      missing.add(
          "distillation.teacher: "
              + recipe.distillation().location()
              + ", whose memory and time are not counted here");
    }
  }

  private boolean exists(String location) throws IOException {
    Path path = ModelFolder.qualify(location, hadoop);
    return path.getFileSystem(hadoop).exists(path);
  }

  private RunEstimate estimate(
      RunSpec spec, DataOutline data, Graph graph, Backend backend, NativeBudget memory) {
    PlanRequest plan =
        Backpropagation.request(
            spec,
            AgreedPrecision.asked(recipe),
            new ParameterGroups(recipe.parameters(), graph).frozen());
    int threads = Math.min(size.cores(), Runtime.getRuntime().availableProcessors());
    double seconds =
        time.secondsPerImage(backend, spec.trainedLast(graph), plan, threads)
            * threads
            / size.cores();
    double teaching =
        spec.models().teacher().there()
            ? Graph.fromJson(spec.models().teacher().graphJson()).multiplyAdds()
                / (TRAINING_PASSES * graph.multiplyAdds())
            : 0;
    int each = -Math.floorDiv(-spec.microBatches(), request.executors());
    double stepSeconds = seconds * (1 + teaching) * each * spec.places();
    double ownSteps = stepsAtOwnSize(spec, graph);
    int perValidation = -Math.floorDiv(-data.validationImages(), request.executors());
    long validations =
        -Math.floorDiv(-recipe.epochs(), recipe.validation().everyEpochs())
            * spec.lastStep()
            / spec.horizon().steps();
    return new RunEstimate(
        data,
        missing,
        graph.name(),
        graph.inputShape(),
        Parameters.of(graph).trainableLength(),
        graph.multiplyAdds(),
        spec.recipe().batch(),
        each,
        spec.horizon().stepsPerEpoch(),
        spec.lastStep(),
        memory,
        spec.recipe().batch().globalSize() / stepSeconds,
        ownSteps * stepSeconds,
        Math.max(1, validations) * perValidation * seconds / TRAINING_PASSES,
        network.map(outline -> costs(spec, graph, each, stepSeconds, outline)).orElse(List.of()));
  }

  /** The costs of a step of this run, then of larger and smaller clusters. */
  private List<StepCost> costs(
      RunSpec spec, Graph graph, int each, double computeSeconds, NetworkOutline outline) {
    int groupsEach = spec.groups() / request.executors();
    CostModel model =
        new CostModel(
            recipe.exchange().combine(),
            new ParameterGroups(recipe.parameters(), graph).vector(recipe.exchange().chunkFloats()),
            each,
            groupsEach > 0 && each % groupsEach == 0 ? groupsEach : each,
            computeSeconds,
            outline.bytesPerImage() * each * spec.microBatchSize(),
            OwnedChunks.bytesPerParameter(recipe),
            stepsPerCheckpoint(spec),
            outline.network());
    return IntStream.concat(IntStream.of(request.executors()), IntStream.of(SCALES))
        .mapToObj(model::on)
        .toList();
  }

  private static long stepsPerCheckpoint(RunSpec spec) {
    int steps = spec.recipe().checkpoint().everySteps();
    long epochs = spec.recipe().checkpoint().everyEpochs() * spec.horizon().stepsPerEpoch();
    return steps > 0 ? Math.min(steps, epochs) : epochs;
  }

  /**
   * The run's steps, each weighted by its work in comparison with one at the network's own size.
   */
  private static double stepsAtOwnSize(RunSpec spec, Graph graph) {
    Horizon horizon = spec.horizon();
    Map<Shape, Double> weights = new HashMap<>();
    double steps = 0;
    for (int epoch = 0; epoch < horizon.epochs(); epoch++) {
      long left = spec.lastStep() - epoch * horizon.stepsPerEpoch();
      if (left <= 0) {
        break;
      }
      double weight =
          weights.computeIfAbsent(
              spec.input(epoch),
              shape -> (double) graph.at(shape).multiplyAdds() / graph.multiplyAdds());
      steps += weight * Math.min(left, horizon.stepsPerEpoch());
    }
    return steps;
  }
}
