package org.convoy.driver.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.Pointer;
import org.convoy.artifact.NotFiniteException;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.data.ImageFile;
import org.convoy.image.loader.BadImage;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.metrics.Prediction;
import org.convoy.settings.RequestException;
import org.convoy.task.Task;

/** Predicts images with a saved model in this process, without Spark. */
public final class Predictor implements AutoCloseable {
  private static final int BATCHES_AHEAD = 2;

  private final Configuration hadoop;
  private final SavedModel model;
  private final Preprocessing preprocessing;
  private final Plan plan;
  private final Task task;
  private final int batch;
  private final int classes;
  private final float[] logits;

  private Predictor(SavedModel model, Plan plan, int batch, Configuration hadoop) {
    this.hadoop = hadoop;
    this.model = model;
    this.batch = batch;
    this.preprocessing = ModelFolder.preprocessing(model);
    this.classes = model.labels().size();
    this.logits = new float[batch * classes];
    this.plan = plan;
    this.task = ModelFolder.task(model);
    plan.bind(model.weights(), model.weights());
  }

  /**
   * Loads a model.
   *
   * @param location of its folder, a Hadoop path
   * @param batch images computed together
   * @throws RequestException if there is no saved model
   * @throws org.convoy.artifact.DamagedFileException if a file of it was changed or cut short
   */
  public static Predictor open(String location, int batch, Configuration hadoop)
      throws IOException {
    SavedModel model = ModelFolder.load(location, hadoop);
    try {
      PlanRequest request = PlanRequest.inference(batch);
      Plan plan = ModelFolder.compile(Backends.get("onednn"), model, request, location);
      return new Predictor(model, plan, batch, hadoop);
    } catch (IOException | RuntimeException e) {
      model.weights().close();
      throw e;
    }
  }

  /** Class names in the order of the network's outputs. */
  public List<String> labels() {
    return model.labels();
  }

  /** The network's name. */
  public String modelName() {
    return model.graph().name();
  }

  /** The digest that identifies the weights. */
  public String weightsSha256() {
    return model.weightsSha256();
  }

  /**
   * Predicts images, in order.
   *
   * @param top the number of classes to return for each image; ignored if the task decides this
   *     itself
   * @param threads the number of threads that read and decode
   * @param found is called once for each image, including those that do not decode
   * @throws IOException if a file cannot be read
   */
  public void predict(List<ImageFile> images, int top, int threads, Consumer<ImagePrediction> found)
      throws IOException, InterruptedException {
    LoaderOptions options = new LoaderOptions(batch, threads, BATCHES_AHEAD, OnBadImage.SKIP);
    try (BatchLoader loader = BatchLoader.forEvaluation(batches(images), preprocessing, options)) {
      int first = 0;
      for (Optional<Batch> next = loader.next(); next.isPresent(); next = loader.next()) {
        try (Batch part = next.get()) {
          predict(part, images.subList(first, first + part.size()), top).forEach(found);
          first += part.size();
        }
      }
    }
  }

  private List<ImagePrediction> predict(Batch part, List<ImageFile> images, int top) {
    Pointer.memcpy(
        plan.input().data().addressPointer(), part.images(), plan.input().length() * Float.BYTES);
    plan.forward(0);
    plan.output().data().asNioFloat().get(logits);
    var refusals =
        part.badImages().stream().collect(Collectors.toMap(BadImage::sampleId, BadImage::reason));
    List<ImagePrediction> predictions = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      Optional<String> refusal = Optional.ofNullable(refusals.get(part.sampleIds()[i]));
      if (refusal.isEmpty()) {
        requireFinite(i, images.get(i));
      }
      List<Prediction> likeliest =
          refusal.isPresent() ? List.of() : task.predictions(logits, i * classes, classes, top);
      predictions.add(new ImagePrediction(images.get(i), likeliest, refusal));
    }
    return predictions;
  }

  /**
   * Refuses outputs that are not finite. Weights that are finite but far too large can cause them.
   */
  private void requireFinite(int row, ImageFile image) {
    for (int label = 0; label < classes; label++) {
      float logit = logits[row * classes + label];
      if (!Float.isFinite(logit)) {
        throw new NotFiniteException("the network's output for " + image.uri(), label, logit);
      }
    }
  }

  private Iterator<List<ImageSource>> batches(List<ImageFile> images) {
    int count = (images.size() + batch - 1) / batch;
    return IntStream.range(0, count)
        .mapToObj(
            number ->
                IntStream.range(number * batch, Math.min(images.size(), (number + 1) * batch))
                    .mapToObj(i -> source(images.get(i), i))
                    .toList())
        .iterator();
  }

  private ImageSource source(ImageFile image, int number) {
    return new ImageSource(number, image.uri(), 0, () -> image.read(hadoop));
  }

  @Override
  public void close() {
    plan.close();
    model.weights().close();
  }
}
