package org.convoy.driver.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.FiniteTensors;
import org.convoy.artifact.NamedWeights;
import org.convoy.artifact.NotFiniteException;
import org.convoy.driver.checkpoint.Checkpoint;
import org.convoy.driver.checkpoint.CheckpointPart;
import org.convoy.driver.checkpoint.Checkpoints;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.checkpoint.RunPosition;
import org.convoy.driver.checkpoint.StateKey;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.evaluation.Weights;
import org.convoy.driver.monitor.RunHistory;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Choices;
import org.convoy.settings.RequestException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run's checkpoints, in the run's folder. */
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
  private final Checkpoints checkpoints;

  StateFiles(RunSpec spec, Configuration hadoop) throws IOException {
    this.spec = spec;
    HadoopStore store = new HadoopStore(hadoop, new Path(spec.output()));
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
   * Writes this executor's files of a checkpoint.
   *
   * @return what the commit has to know of them
   * @throws DivergedException if parameters or state are NaN or infinite; what was saved before
   *     stays
   */
  List<CheckpointPart> write(RunState state, int rank, int executors) throws IOException {
    Parameters layout = Parameters.of(spec.graph());
    List<CheckpointPart> parts = new ArrayList<>();
    try {
      if (state.parameters().isPresent()) {
        parts.add(checkpoints.writeParameters(state.step(), layout, state.parameters().get()));
      }
      if (state.best().isPresent()) {
        parts.add(checkpoints.writeBest(state.step(), layout, state.best().get()));
      }
      parts.add(checkpoints.writeState(state.step(), rank, executors, state.owned()));
    } catch (NotFiniteException e) {
      throw new DivergedException(state.step(), e);
    }
    return parts;
  }

  /** Makes a checkpoint of the files of all executors. */
  void commit(RunPosition position, List<CheckpointPart> parts) throws IOException {
    checkpoints.commit(position, parts);
  }

  /** The position of the run after a step, for the commit. */
  RunPosition position(
      long step, int executors, Choices choices, EpochMeter meter, RunHistory history)
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
        executors,
        spec.recipe().exchange().chunkFloats(),
        Parameters.of(spec.graph()).length(),
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
}
