package org.convoy.explanation;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Shape;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.inference.ModelParts;
import org.convoy.kernels.Backends;
import org.convoy.metrics.Prediction;
import org.convoy.settings.RequestException;
import org.convoy.task.Task;

/**
 * Explains what a saved model says of images. It owns the model's weights and the memory of all
 * computations. One thread uses it.
 */
public final class ModelExplainer implements AutoCloseable {
  private static final int AHEAD = 2;

  private final SavedModel model;
  private final Task task;
  private final ImageNetwork network;
  private final Computation outputs;
  private final Explanation.Explainer explainer;

  private ModelExplainer(
      SavedModel model,
      ImageNetwork network,
      Computation outputs,
      Explanation.Explainer explainer) {
    this.model = model;
    this.task = ModelParts.task(model);
    this.network = network;
    this.outputs = outputs;
    this.explainer = explainer;
  }

  /**
   * Compiles what a method needs.
   *
   * @param model from now on owned by the result; its weights are closed if this fails
   * @param location the model's folder, for messages
   * @throws RequestException if the method does not fit the network, or this machine does not have
   *     the memory
   */
  public static ModelExplainer open(SavedModel model, Explanation method, String location)
      throws IOException {
    Optional<Computation> outputs = Optional.empty();
    try {
      ImageNetwork network = ImageNetwork.of(model, Backends.get("onednn"), location);
      outputs = Optional.of(network.forward(network.graph(), 1));
      return new ModelExplainer(model, network, outputs.get(), method.open(network));
    } catch (IOException | RuntimeException e) {
      outputs.ifPresent(Computation::close);
      model.weights().close();
      throw e;
    }
  }

  /** The network's name. */
  public String name() {
    return model.graph().name();
  }

  /** The digest that identifies the weights. */
  public String weightsSha256() {
    return model.weightsSha256();
  }

  /**
   * Explains images, in order.
   *
   * @param label the class whose output is explained; empty: the most probable one of each image
   * @param threads the number of threads that read and decode
   * @param found is called once for each image, including those that do not decode
   * @throws RequestException if the model has no such class
   * @throws IOException if an image cannot be read
   */
  public void explain(
      List<ImageSource> images, Optional<String> label, int threads, Consumer<ExplainedImage> found)
      throws IOException, InterruptedException {
    Optional<Integer> wanted = label.map(this::numberOf);
    LoaderOptions options = new LoaderOptions(1, threads, AHEAD, OnBadImage.SKIP);
    try (BatchLoader loader =
        BatchLoader.forEvaluation(
            images.stream().map(List::of).iterator(), network.preprocessing(), options)) {
      for (ImageSource image : images) {
        try (Batch batch = loader.next().orElseThrow()) {
          found.accept(
              batch.badImages().isEmpty()
                  ? new ExplainedImage(
                      image.sampleId(),
                      Optional.of(explain(pixels(batch), wanted)),
                      Optional.empty())
                  : new ExplainedImage(
                      image.sampleId(),
                      Optional.empty(),
                      Optional.of(batch.badImages().get(0).reason())));
        }
      }
    }
  }

  private float[] pixels(Batch batch) {
    float[] pixels = new float[network.imageLength()];
    batch.imagesBuffer().get(pixels);
    return pixels;
  }

  private ExplainedImage.Explained explain(float[] image, Optional<Integer> wanted) {
    float[] logits = outputs.forward(image);
    int classes = model.labels().size();
    int label = wanted.orElseGet(() -> Prediction.top(logits, 0, classes, 1).get(0).label());
    Attribution attribution = explainer.explain(image, label);
    return new ExplainedImage.Explained(
        model.labels().get(label),
        task.probabilities(logits, 0, classes)[label],
        attribution,
        Overlay.png(network.preprocessing(), image, attribution));
  }

  /** The shape of one image. */
  public Shape inputShape() {
    return network.graph().inputShape();
  }

  /** An attribution as a PNG file, over black. */
  public byte[] picture(Attribution attribution) {
    return Overlay.png(network.preprocessing(), network.black(), attribution);
  }

  private int numberOf(String label) {
    int number = model.labels().indexOf(label);
    if (number < 0) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "--class: %s has no class \"%s\"; it has %d: %s",
              name(),
              label,
              model.labels().size(),
              String.join(", ", model.labels().subList(0, Math.min(10, model.labels().size())))));
    }
    return number;
  }

  @Override
  public void close() {
    explainer.close();
    outputs.close();
    model.weights().close();
  }
}
