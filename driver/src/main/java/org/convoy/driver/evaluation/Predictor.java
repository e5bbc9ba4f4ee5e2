package org.convoy.driver.evaluation;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.data.ImageFile;
import org.convoy.image.loader.ImageSource;
import org.convoy.inference.ConvoyModel;
import org.convoy.inference.ImageScores;
import org.convoy.inference.InferenceOptions;
import org.convoy.inference.ScoredImages;
import org.convoy.settings.RequestException;

/** Predicts image files with a saved model in this process, without Spark. */
public final class Predictor implements AutoCloseable {
  private final Configuration hadoop;
  private final ConvoyModel model;

  private Predictor(ConvoyModel model, Configuration hadoop) {
    this.hadoop = hadoop;
    this.model = model;
  }

  /**
   * Loads a model.
   *
   * @param location of its folder, a Hadoop path
   * @throws RequestException if there is no saved model
   * @throws org.convoy.artifact.DamagedFileException if a file of it was changed or cut short
   */
  public static Predictor open(String location, InferenceOptions options, Configuration hadoop)
      throws IOException {
    return new Predictor(
        ConvoyModel.of(ModelFolder.load(location, hadoop), options, location), hadoop);
  }

  /** Class names in the order of the network's outputs. */
  public List<String> labels() {
    return model.labels();
  }

  /** The network's name. */
  public String modelName() {
    return model.name();
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
    List<ImageSource> sources =
        IntStream.range(0, images.size()).mapToObj(i -> source(images.get(i), i)).toList();
    Iterator<List<ImageSource>> batches = model.batches(sources).iterator();
    try (ScoredImages scored = model.open(batches, threads)) {
      for (List<ImageScores> part = scored.next(); !part.isEmpty(); part = scored.next()) {
        for (ImageScores each : part) {
          found.accept(
              new ImagePrediction(
                  images.get((int) each.id()), model.predictions(each, top), each.refusal()));
        }
      }
    }
  }

  private ImageSource source(ImageFile image, int number) {
    return new ImageSource(number, image.uri(), 0, () -> image.read(hadoop));
  }

  @Override
  public void close() {
    model.close();
  }
}
