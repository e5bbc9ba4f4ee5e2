package org.convoy.inference;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.JsonProblem;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Subgraphs;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.NativeMemory;
import org.convoy.kernels.Precision;
import org.convoy.metrics.Prediction;
import org.convoy.settings.RequestException;
import org.convoy.task.Task;

/**
 * A saved model that predicts, in any Java program:
 *
 * <pre>{@code
 * try (ConvoyModel model = ConvoyModel.load(Path.of("runs/pets/model"))) {
 *   byte[] image = Files.readAllBytes(Path.of("photo.jpg"));
 *   for (ConvoyModel.Classified each : model.predict(List.of(image), 5)) {
 *     each.top().forEach(System.out::println);
 *   }
 * }
 * }</pre>
 *
 * <p>Threads may share a model. They decode at the same time and compute one after the other, each
 * computation on all kernel threads. The model computes a fixed number of images together, its
 * batch; a smaller number takes the same time. Load with batch 1 where images come one by one.
 *
 * <p>It owns the weights and the memory of the computation until it is closed. Every use after that
 * is refused.
 */
public final class ConvoyModel implements AutoCloseable {
  /** The default number of images that are computed together. */
  public static final int BATCH = 16;

  private final SavedModel model;
  private final ModelPlan plan;
  private final Preprocessing preprocessing;
  private final Task task;

  private ConvoyModel(SavedModel model, ModelPlan plan) {
    this.model = model;
    this.plan = plan;
    this.preprocessing = ModelParts.preprocessing(model);
    this.task = ModelParts.task(model);
  }

  /** Loads a model's folder, to compute {@link #BATCH} images together. */
  public static ConvoyModel load(Path folder) throws IOException {
    return load(folder, InferenceOptions.STANDARD);
  }

  /**
   * Loads a model's folder.
   *
   * @param batch the number of images that are computed together
   * @throws FileNotFoundException if there is no saved model
   * @throws DamagedFileException if a file was changed or cut short
   * @throws RequestException if this machine does not have the memory
   */
  public static ConvoyModel load(Path folder, int batch) throws IOException {
    return load(folder, InferenceOptions.of(batch));
  }

  /**
   * Loads a model's folder, to compute with these options.
   *
   * @throws FileNotFoundException if there is no saved model
   * @throws DamagedFileException if a file was changed or cut short
   * @throws RequestException if this machine, or its GPU, does not have the memory
   * @throws UnsupportedOperationException if the backend cannot compute on this machine
   */
  public static ConvoyModel load(Path folder, InferenceOptions options) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new FileNotFoundException(folder + ": expected a saved model, got the root");
    }
    return load(new LocalStore(parent), String.valueOf(absolute.getFileName()), options);
  }

  /**
   * Loads a model's folder from any store.
   *
   * @param folder path in the store
   */
  public static ConvoyModel load(ArtifactStore store, String folder, InferenceOptions options)
      throws IOException {
    NativeMemory.unlimited();
    SavedModel model = SavedModel.load(store, folder);
    return of(model, options, store.describe(folder));
  }

  /**
   * A model that is loaded already.
   *
   * @param model from now on owned by the result; its weights are closed if this fails
   * @param location the model's folder, for messages
   */
  public static ConvoyModel of(SavedModel model, InferenceOptions options, String location)
      throws IOException {
    return of(model, model.graph(), options, location);
  }

  /**
   * A model that is loaded already, which also gives the features that its last layer makes outputs
   * of: {@link ImageScores#embedding}.
   *
   * @param model from now on owned by the result; its weights are closed if this fails
   * @param location the model's folder, for messages
   * @throws RequestException if the network does not end with a linear layer
   */
  public static ConvoyModel withEmbedding(
      SavedModel model, InferenceOptions options, String location) throws IOException {
    OptionalInt features = Subgraphs.embedding(model.graph());
    if (features.isEmpty()) {
      model.weights().close();
      throw new RequestException(
          "embedding: "
              + location
              + ": expected a network that ends with a linear layer, got "
              + model.graph().name());
    }
    Graph graph = Subgraphs.withFeatures(model.graph(), features.getAsInt());
    return of(model, graph, options, location);
  }

  private static ConvoyModel of(
      SavedModel model, Graph graph, InferenceOptions options, String location) throws IOException {
    ModelPlan plan = ModelPlan.of(model, graph, options, location);
    try {
      return new ConvoyModel(model, plan);
    } catch (IllegalArgumentException e) {
      plan.close();
      throw new DamagedFileException(location + "/preprocessing.json", JsonProblem.reason(e));
    }
  }

  /** Class names in the order of the network's outputs. */
  public List<String> labels() {
    return model.labels();
  }

  /** The network's name. */
  public String name() {
    return model.graph().name();
  }

  /** The digest that identifies the weights. */
  public String weightsSha256() {
    return model.weightsSha256();
  }

  /** The shape of one input, (channels, height, width). */
  public Shape inputShape() {
    return model.graph().inputShape();
  }

  /** How an image becomes the network's input. */
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  /** What the network was trained for. */
  public Task task() {
    return task;
  }

  /** What the network computes in on this machine. */
  public Precision precision() {
    return plan.precision();
  }

  /** The number of images that are computed together. */
  public int batch() {
    return plan.batch();
  }

  /**
   * Predicts images.
   *
   * @param images the bytes of image files: JPEG, PNG, WebP, TIFF, BMP or PNM
   * @param top the number of classes to name for each image; ignored if the task decides this
   *     itself
   * @return a result for each image, in order; images that do not decode are named in theirs
   */
  public List<Classified> predict(List<byte[]> images, int top)
      throws IOException, InterruptedException {
    List<ImageSource> sources =
        IntStream.range(0, images.size())
            .mapToObj(i -> new ImageSource(i, String.valueOf(i), 0, () -> images.get(i)))
            .toList();
    List<Classified> results = new ArrayList<>();
    int threads = Math.max(1, Math.min(images.size(), Runtime.getRuntime().availableProcessors()));
    try (ScoredImages scored = open(batches(sources).iterator(), threads)) {
      for (List<ImageScores> part = scored.next(); !part.isEmpty(); part = scored.next()) {
        part.forEach(each -> results.add(classified(each, top)));
      }
    }
    return results;
  }

  private Classified classified(ImageScores scores, int top) {
    List<NamedClass> named =
        predictions(scores, top).stream()
            .map(each -> new NamedClass(labels().get(each.label()), each.probability()))
            .toList();
    return new Classified(named, scores.refusal());
  }

  /** The predicted classes of an image, the most probable first; none if it did not decode. */
  public List<Prediction> predictions(ImageScores scores, int top) {
    return scores.isDecoded()
        ? task.predictions(scores.logits(), 0, labels().size(), top)
        : List.of();
  }

  /**
   * The probability of each class, by the rule of the model's task: all together 1, or each on its
   * own. Only for an image that decoded.
   */
  public double[] probabilities(ImageScores scores) {
    return task.probabilities(scores.logits(), 0, labels().size());
  }

  /** Cuts images into batches of this model. */
  public List<List<ImageSource>> batches(List<ImageSource> images) {
    int count = (images.size() + batch() - 1) / batch();
    return IntStream.range(0, count)
        .mapToObj(i -> images.subList(i * batch(), Math.min(images.size(), (i + 1) * batch())))
        .toList();
  }

  /**
   * Begins to read and decode images, and computes them batch by batch.
   *
   * @param batches at most {@link #batch} images each, at least one; called on threads of the
   *     result, one at a time, so it should return at once
   * @param threads the number of threads that read and decode
   */
  public ScoredImages open(Iterator<List<ImageSource>> batches, int threads) {
    plan.requireOpen();
    return new ScoredImages(this, batches, threads);
  }

  /**
   * Computes the network's outputs for tensors.
   *
   * @param tensors (count, channels, height, width) float32 from its position, normalised as {@link
   *     #preprocessing} says; it stays the caller's, and its position is not moved
   * @param count any number of samples
   * @return (count, classes): logits
   */
  public float[] outputs(FloatBuffer tensors, int count) {
    int classes = labels().size();
    int length = plan.rowLength();
    float[] rows = plan.rows(tensors, count);
    if (length == classes) {
      return rows;
    }
    float[] outputs = new float[count * classes];
    for (int i = 0; i < count; i++) {
      System.arraycopy(rows, i * length, outputs, i * classes, classes);
    }
    return outputs;
  }

  /** What computes. */
  ModelPlan plan() {
    return plan;
  }

  /** Frees the memory, after the computation that is running. A second call does nothing. */
  @Override
  public void close() {
    plan.close();
  }

  /**
   * What the network says of one image.
   *
   * @param top its classes, the most probable first; empty if the image did not decode
   * @param refusal the reason if the image did not decode
   */
  public record Classified(List<NamedClass> top, Optional<String> refusal) {
    /** Copies the list. */
    public Classified {
      top = List.copyOf(top);
    }
  }

  /** A class and the probability that the network gives it. */
  public record NamedClass(String label, double probability) {}
}
