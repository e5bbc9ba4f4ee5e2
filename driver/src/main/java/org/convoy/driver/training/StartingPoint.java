package org.convoy.driver.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.FileDigest;
import org.convoy.artifact.NotFiniteException;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.weights.ImageStatistics;
import org.convoy.artifact.weights.TensorFile;
import org.convoy.artifact.weights.WeightFiles;
import org.convoy.artifact.weights.WeightImport;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.image.transform.Preprocessing;
import org.convoy.inference.ModelParts;
import org.convoy.models.SparseAutoencoder;
import org.convoy.settings.RequestException;
import org.convoy.task.MaskedAutoencoder;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights that training starts from: a saved model, or a file of another program. Tensors are
 * taken by name. Where the classes are others than the run's, the head is not taken: those are the
 * tensors whose shape depends on the number of classes.
 */
final class StartingPoint implements AutoCloseable {
  private static final int SHOWN = 5;

  private final String location;
  private final TensorFile file;
  private final String digest;
  private final Optional<SavedModel> model;
  private final RunSpec spec;
  private final WeightImport weights;
  private final Optional<ImageStatistics> statistics;

  private StartingPoint(
      String location,
      TensorFile file,
      String digest,
      Optional<SavedModel> model,
      RunSpec spec,
      WeightImport weights,
      Optional<ImageStatistics> statistics) {
    this.location = location;
    this.file = file;
    this.digest = digest;
    this.model = model;
    this.spec = spec;
    this.weights = weights;
    this.statistics = statistics;
    requireFitting();
  }

  /**
   * Opens the weights and holds them against the run's network.
   *
   * @param location a Hadoop path
   * @throws RequestException if tensors are missing, too many or of other shapes; the message lists
   *     them
   * @throws DamagedFileException if a file is damaged
   */
  static StartingPoint open(String location, RunSpec spec, Configuration hadoop)
      throws IOException {
    if (!isFile(location, hadoop)) {
      SavedModel model = ModelFolder.load(location, hadoop);
      Set<String> head = head(spec, model);
      return opened(
          new ModelTensors(model, model.labels().equals(spec.classes()) ? Set.of() : head),
          file ->
              new StartingPoint(
                  location,
                  file,
                  model.weightsSha256(),
                  Optional.of(model),
                  spec,
                  WeightImport.of(file, spec.graph(), head),
                  Optional.empty()));
    }
    Path path = new Path(location);
    HadoopStore store = new HadoopStore(hadoop, path.getParent());
    return opened(
        WeightFiles.open(store, path.getName()),
        file -> {
          WeightImport weights = WeightImport.of(file, spec.graph(), head(spec));
          return new StartingPoint(
              location,
              file,
              FileDigest.of(store, path.getName()).sha256(),
              Optional.empty(),
              spec,
              weights,
              ImageStatistics.of(store, path.getName(), weights.table()));
        });
  }

  /** Makes an object that owns the file. */
  @FunctionalInterface
  private interface Maker {
    StartingPoint make(TensorFile file) throws IOException;
  }

  private static StartingPoint opened(TensorFile file, Maker maker) throws IOException {
    try {
      return maker.make(file);
    } catch (IOException | RuntimeException e) {
      try (file) {
        throw e;
      }
    }
  }

  /**
   * Checks that there is something to start from, without reading tensors.
   *
   * @throws RequestException if there is neither a saved model nor a file of a known format
   */
  static void requireThere(String location, Configuration hadoop) throws IOException {
    if (!isFile(location, hadoop)) {
      ModelFolder.requireThere(location, hadoop);
      return;
    }
    Path path = new Path(location);
    HadoopStore store = new HadoopStore(hadoop, path.getParent());
    try {
      WeightFiles.open(store, path.getName()).close();
    } catch (DamagedFileException e) {
      throw new RequestException("model.start: " + e.getMessage(), e);
    }
  }

  private static boolean isFile(String location, Configuration hadoop) throws IOException {
    Path path = ModelFolder.qualify(location, hadoop);
    return path.getParent() != null
        && path.getFileSystem(hadoop).exists(path)
        && path.getFileSystem(hadoop).getFileStatus(path).isFile();
  }

  /** Of an autoencoder all that lies behind the encoder. */
  private static Set<String> head(RunSpec spec, SavedModel model) {
    return ModelParts.task(model) instanceof MaskedAutoencoder
        ? RequestException.asked(() -> SparseAutoencoder.head(spec.graph()))
        : head(spec);
  }

  /** The tensors of another shape in the same network for one class more. */
  private static Set<String> head(RunSpec spec) {
    Graph more =
        TrainedNetwork.of(spec.recipe(), spec.graph().inputShape(), spec.classes().size() + 1);
    Parameters others = Parameters.of(more);
    return Parameters.of(spec.graph()).all().stream()
        .filter(
            parameter ->
                !others.contains(parameter.name())
                    || !others.get(parameter.name()).shape().equals(parameter.shape()))
        .map(Parameter::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private void requireFitting() {
    List<String> problems = new ArrayList<>();
    problem("lacks", weights.missing()).ifPresent(problems::add);
    problem("has too many:", weights.extra()).ifPresent(problems::add);
    problem("has of another shape:", weights.misshapen()).ifPresent(problems::add);
    if (!problems.isEmpty()) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "model.start: %s holds %s, expected the tensors of %s; it %s",
              location,
              file.format(),
              spec.graph().name(),
              String.join("; it ", problems)));
    }
  }

  private static Optional<String> problem(String what, Set<String> names) {
    if (names.isEmpty()) {
      return Optional.empty();
    }
    String some = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
    String more = names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "";
    return Optional.of(what + " " + some + more);
  }

  /** The digest that identifies what training starts from. */
  String sha256() {
    return digest;
  }

  /** What executors are told of it. */
  GivenModels.Given given() {
    return new GivenModels.Given(
        location, digest, model.map(saved -> saved.graph().toJson()).orElse(""));
  }

  /**
   * Copies the tensors into a vector of the run's network; those of the head stay.
   *
   * @throws DamagedFileException if the file does not hold what it says, or numbers that are not
   *     finite
   */
  void copyTo(INDArray parameters) throws IOException {
    try {
      weights.copyTo(parameters);
    } catch (NotFiniteException e) {
      throw new DamagedFileException(location, String.valueOf(e.getMessage()));
    }
  }

  /** What the user is told: what is taken, and what is not. */
  String describe() {
    int all = Parameters.of(spec.graph()).all().size();
    String kind =
        model.isPresent()
            ? spec.graph().name()
            : file.format() + " with " + weights.table().source() + "'s names";
    String taken =
        String.format(
            Locale.ROOT,
            "training starts from %s (%s, %d of %d tensors)",
            location,
            kind,
            all - weights.remade().size(),
            all);
    if (weights.remade().isEmpty()) {
      return taken;
    }
    String drawn = "; " + String.join(", ", weights.remade()) + " are drawn from the seed, for ";
    return taken
        + drawn
        + model
            .filter(saved -> !saved.labels().equals(spec.classes()))
            .map(
                saved ->
                    String.format(
                        Locale.ROOT,
                        "its %d classes are not the run's %d",
                        saved.labels().size(),
                        spec.classes().size()))
            .orElse("it has no such tensors for " + spec.classes().size() + " classes");
  }

  /**
   * How images became the model's input, where the run does it otherwise: weights have got used to
   * it.
   *
   * @param here what the run does
   */
  Optional<String> preprocessingDiffers(Preprocessing here) {
    return new StartingImages(location, model, statistics).differFrom(here);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
