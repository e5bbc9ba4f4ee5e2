package org.convoy.driver.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.FiniteTensors;
import org.convoy.artifact.ModelExamples;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.NamedWeights;
import org.convoy.artifact.NotFiniteException;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.formats.ArtifactFormats;
import org.convoy.driver.checkpoint.Checkpoint;
import org.convoy.driver.checkpoint.CheckpointPart;
import org.convoy.driver.checkpoint.Checkpoints;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.checkpoint.RunPosition;
import org.convoy.driver.checkpoint.StateKey;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.evaluation.Examples;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.driver.evaluation.Weights;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.monitor.RunHistory;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Choices;
import org.convoy.settings.RequestException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run's checkpoints and its model, in the run's folder. */
final class StateFiles {
  /** The recipe within a checkpoint's progress. */
  static final String RECIPE = "recipe";

  /** The digests of the data within a checkpoint's progress. */
  private static final String DATA = "data";

  /** The digests of given models within a checkpoint's progress. */
  private static final String MODELS = "models";

  /** The implementations of the training plans within a checkpoint's progress. */
  private static final String CHOICES = "choices";

  private static final Logger LOG = LoggerFactory.getLogger(StateFiles.class);
  private static final String EPOCH = "epoch";
  private static final String HISTORY = "history";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunSpec spec;
  private final HadoopStore store;
  private final Checkpoints checkpoints;

  StateFiles(RunSpec spec, Configuration hadoop) throws IOException {
    this.spec = spec;
    this.store = new HadoopStore(hadoop, new Path(spec.output()));
    this.checkpoints = new Checkpoints(store, spec.recipe().checkpoint().keep());
  }

  /** The version of this program, as manifests name it. */
  static String codeVersion() {
    String version = StateFiles.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * The step of the latest sound checkpoint; leftovers of failed attempts are cleared away.
   *
   * @throws RequestException if it is another run's
   */
  Optional<Long> latest() throws IOException {
    checkpoints.clean();
    return checkpoints.latest(this::inspect).map(found -> found.run().step());
  }

  /**
   * The recipe of a checkpoint.
   *
   * @throws org.convoy.driver.config.RecipeException if a version with other keys made it
   */
  static Recipe recipe(RunPosition run) {
    String text = run.progress().path(RECIPE).toString();
    return new RecipeLoader().parse(text, "checkpoint", List.of());
  }

  /** The recipe of the checkpoint of a step. */
  Recipe recipe(long step) throws IOException {
    return recipe(checkpoints.open(step).run());
  }

  private void inspect(Checkpoint checkpoint) throws DamagedFileException {
    RunPosition found = checkpoint.run();
    String where = checkpoint.describe();
    Preflight.requireSameRecipe(where, found, spec.recipe());
    if (!spec.dataFingerprint().equals(found.dataFingerprint())) {
      throw new RequestException(
          String.format(
                  Locale.ROOT,
                  "%s was made with other data than is now at %s, so that --resume cannot continue from it:",
                  where,
                  spec.recipe().data().location())
              + String.format(
                  Locale.ROOT,
                  " expected fingerprint %s, got %s",
                  found.dataFingerprint(),
                  spec.dataFingerprint()));
    }
    spec.data()
        .requireSame(found.progress().path(DATA), where, spec.recipe().data().location())
        .ifPresent(LOG::warn);
    JsonNode progress = found.progress();
    spec.models().requireSame(progress.path(MODELS), where);
    RunHistory history;
    try {
      Choices.fromJson(progress.path(CHOICES).toString());
      history = RunHistory.fromJson(progress.path(HISTORY).toString());
      new EpochMeter().restore(JSON.convertValue(progress.path(EPOCH), double[].class));
    } catch (RuntimeException e) {
      throw new DamagedFileException(
          where,
          "progress",
          "what a run of this version carries on",
          String.valueOf(e.getMessage()));
    }
    if (spec.recipe().checkpoint().best()
        && !checkpoint.hasBest()
        && history.best(spec.recipe().task().yardstick()).isPresent()) {
      throw new RequestException(
          where
              + " does not hold the weights of the best epoch, for checkpoint.best was false when it"
              + " was made: expected false, got true");
    }
    long length = Parameters.of(spec.graph()).length();
    if (found.vectorLength() != length) {
      throw new DamagedFileException(where, "vector_length", length, found.vectorLength());
    }
  }

  /** Whether the run's folder holds a model that was written to its end. */
  boolean hasModel() throws IOException {
    return ModelFolder.isInRun(store);
  }

  /**
   * Looks at every parameter before anything is made of them.
   *
   * @throws DivergedException if one is NaN or infinite
   */
  void requireFinite(long step, Weights weights) {
    try {
      FiniteTensors.require(NamedWeights.tensors(weights.layout(), weights.parameters()));
    } catch (NotFiniteException e) {
      throw new DivergedException(step, e);
    }
  }

  /**
   * Saves the run's state; every executor takes part.
   *
   * @param state what this executor keeps beside the parameters
   * @param best the weights of the best epoch, if they are kept
   * @throws DivergedException if parameters or state are NaN or infinite; what was saved before
   *     stays
   */
  void save(
      long step,
      Weights weights,
      Choices choices,
      Map<StateKey, INDArray> state,
      Optional<INDArray> best,
      EpochMeter meter,
      RunHistory history,
      Exchange exchange)
      throws IOException {
    List<CheckpointPart> mine = new ArrayList<>();
    try {
      if (exchange.rank() == 0) {
        mine.add(checkpoints.writeParameters(step, weights.layout(), weights.parameters()));
        if (best.isPresent()) {
          mine.add(checkpoints.writeBest(step, weights.layout(), best.get()));
        }
      }
      mine.add(checkpoints.writeState(step, exchange.rank(), exchange.size(), state));
    } catch (NotFiniteException e) {
      throw new DivergedException(step, e);
    }
    List<CheckpointPart> all = new ArrayList<>();
    String told = String.join("\n", mine.stream().map(CheckpointPart::toJson).toList());
    for (byte[] part : exchange.allGather(told.getBytes(StandardCharsets.UTF_8))) {
      new String(part, StandardCharsets.UTF_8)
          .lines()
          .map(CheckpointPart::fromJson)
          .forEach(all::add);
    }
    if (exchange.rank() == 0) {
      checkpoints.commit(position(step, weights, choices, meter, history, exchange), all);
    }
    // Nobody goes on before the checkpoint is in place.
    exchange.allGather(new byte[0]);
  }

  private RunPosition position(
      long step,
      Weights weights,
      Choices choices,
      EpochMeter meter,
      RunHistory history,
      Exchange exchange)
      throws IOException {
    ObjectNode progress = JSON.createObjectNode();
    ArrayNode epoch = progress.putArray(EPOCH);
    for (double value : meter.toDoubles()) {
      epoch.add(value);
    }
    progress.set(HISTORY, JSON.readTree(history.toJson()));
    progress.set(CHOICES, JSON.readTree(choices.toJson()));
    progress.set(DATA, spec.data().toJson());
    progress.set(MODELS, spec.models().toJson());
    progress.set(RECIPE, JSON.readTree(spec.recipe().toJson()));
    return new RunPosition(
        step,
        Math.toIntExact(step / spec.horizon().stepsPerEpoch()),
        spec.recipe().seed(),
        codeVersion(),
        spec.recipe().digest(),
        spec.dataFingerprint(),
        exchange.size(),
        spec.recipe().exchange().chunkFloats(),
        weights.layout().length(),
        progress);
  }

  /** The implementations that the training plans used up to a checkpoint. */
  Choices choices(long step) throws IOException {
    return Choices.fromJson(checkpoints.open(step).run().progress().get(CHOICES).toString());
  }

  /**
   * Goes back to a checkpoint; returns the history until then.
   *
   * @param state what this executor keeps beside the parameters, filled
   * @param best filled, if weights of the best epoch are wanted and there
   */
  RunHistory load(
      long step, Weights weights, Map<StateKey, INDArray> state, BestWeights best, EpochMeter meter)
      throws IOException {
    Checkpoint checkpoint = checkpoints.open(step);
    checkpoint.readParameters(weights.layout(), weights.parameters());
    checkpoint.readState(state);
    if (spec.recipe().checkpoint().best() && checkpoint.hasBest()) {
      checkpoint.readBest(weights.layout(), best.restored().orElseThrow());
    }
    ObjectNode progress = (ObjectNode) checkpoint.run().progress();
    double[] epoch = JSON.convertValue(progress.get(EPOCH), double[].class);
    meter.restore(epoch);
    return RunHistory.fromJson(progress.get(HISTORY).toString());
  }

  /**
   * Saves the model, with examples of what it computes, and writes it beside in the formats of the
   * recipe.
   *
   * @param backend computes the examples
   * @param metrics of it, by name; what was not measured, NaN, is left out
   * @return the digest of its weights
   */
  String saveModel(Backend backend, INDArray weights, Map<String, Double> metrics)
      throws IOException {
    Map<String, Double> measured = new HashMap<>(metrics);
    measured.values().removeIf(value -> value.isNaN());
    Graph trained = spec.graph();
    Graph main = trained.main();
    INDArray kept = main.equals(trained) ? weights : picked(trained, weights, main);
    SavedModel model =
        new SavedModel(
            main,
            kept,
            spec.classes(),
            spec.recipe().image().preprocessing(trained.inputShape()).evaluationOnly().toJson(),
            new ModelManifest.Origin(
                spec.recipe().toJson(), codeVersion(), spec.dataFingerprint(), measured));
    try (ModelExamples examples = Examples.of(backend, main, kept)) {
      String sha256 = model.save(store, ModelFolder.IN_RUN, Optional.of(examples)).weightsSha256();
      for (String name : spec.recipe().artifact().formats()) {
        ArtifactFormat format = ArtifactFormats.get(name);
        String path = ModelFolder.IN_RUN + format.suffix();
        format.write(model, ExportOptions.PLAIN, store, path);
      }
      return sha256;
    } finally {
      if (kept != weights) {
        kept.close();
      }
    }
  }

  /** The tensors of a part of a network, in a vector of their own. */
  private static INDArray picked(Graph whole, INDArray weights, Graph part) {
    Parameters from = Parameters.of(whole);
    Parameters to = Parameters.of(part);
    INDArray picked = Nd4j.create(DataType.FLOAT, to.length());
    for (Parameter each : to.all()) {
      to.view(picked, each).assign(from.view(weights, from.get(each.name())));
    }
    return picked;
  }
}
