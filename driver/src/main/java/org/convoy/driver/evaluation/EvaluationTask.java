package org.convoy.driver.evaluation;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.data.LaneSettings;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleReader;
import org.convoy.driver.spark.Place;
import org.convoy.driver.spark.RankTask;
import org.convoy.driver.spark.Shared;
import org.convoy.image.device.DeviceBatch;
import org.convoy.image.loader.BadImage;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.PixelForm;
import org.convoy.inference.ModelParts;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;

/** One executor's share of an evaluation, by its rank. */
final class EvaluationTask implements RankTask<EvaluationTask.Part> {
  private static final long serialVersionUID = 1L;
  private static final int BATCHES_AHEAD = 2;

  private final EvaluationRequest request;
  private final Shared<SampleIndex> index;

  EvaluationTask(EvaluationRequest request, Shared<SampleIndex> index) {
    this.request = request;
    this.index = index;
  }

  /**
   * Evaluates a share. A failure here would repeat, so it is returned and not thrown. Then Spark
   * repeats only the tasks of lost executors.
   */
  @Override
  public Part run(Place place) throws InterruptedException {
    try {
      return evaluate(place);
    } catch (IOException | RuntimeException e) {
      if (place.stopped()) {
        throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
      }
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      return Part.failed(
          String.format(Locale.ROOT, "executor %s: %s", place.executorId(), message));
    }
  }

  /**
   * The backend that computes.
   *
   * @param gpus whether Spark gives executors GPUs
   */
  static Backend backend(boolean gpus) {
    return Backends.get(Recipe.Backend.AUTO.on(gpus));
  }

  /** The options for loading images. */
  static LoaderOptions loading(EvaluationRequest request, int cores) {
    return new LoaderOptions(request.options().batch(), cores, BATCHES_AHEAD, request.onBadImage());
  }

  private Part evaluate(Place place) throws IOException, InterruptedException {
    place.gpu().ifPresent(Backends::useGpu);
    Backend backend = backend(place.gpu().isPresent());
    Configuration configuration = place.hadoop();
    SavedModel model = ModelFolder.load(request.model(), configuration);
    SampleIndex samples = index.value();
    PixelForm form = request.options().resizeOn().form();
    LoaderOptions plain = loading(request, place.cores());
    LoaderOptions options =
        backend.device().map(device -> DeviceBatch.loading(plain, device, form)).orElse(plain);
    LaneSettings blocks = LaneSettings.fitting(samples, place.size());
    try (Weights weights = new Weights(backend, model.graph(), model.weights());
        SampleReader reader = SampleReader.of(samples, blocks, configuration);
        Evaluator evaluator =
            new Evaluator(
                weights,
                request.options().batch(),
                request.options().precision(),
                ModelParts.task(model),
                ModelFolder.loss(model),
                samples,
                request.views().of(ModelParts.preprocessing(model)).stream()
                    .map(steps -> new ImageFeed(samples, reader, steps, options))
                    .toList(),
                request.views())) {
      Counted counted = evaluator.evaluate(model.weights(), place.rank(), place.size());
      return new Part(
          counted.loss(),
          counted.counters().samples(),
          counted.counters().toDoubles(),
          List.copyOf(counted.badImages()),
          "");
    }
  }

  /**
   * The result of a share.
   *
   * @param loss the mean over the share; NaN if no image counts
   * @param samples the number of samples in the mean
   * @param counts the result of {@link org.convoy.task.Counters#toDoubles}
   * @param badImages the images that did not decode, with the reasons
   * @param failure the failure's message; empty if there was none
   */
  @SuppressWarnings("ArrayRecordComponent") // Sent once, never compared.
  record Part(double loss, long samples, double[] counts, List<BadImage> badImages, String failure)
      implements Serializable {
    static Part failed(String failure) {
      return new Part(Double.NaN, 0, new double[0], List.of(), failure);
    }
  }
}
