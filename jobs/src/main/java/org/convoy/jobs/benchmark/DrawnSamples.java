package org.convoy.jobs.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.FloatPointer;
import org.convoy.image.codec.Window;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.Preprocessor;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.Edit;
import org.convoy.image.transform.Placement;
import org.convoy.image.transform.Preprocessing;

/** The images of a benchmark in memory, and the training samples that each epoch makes of them. */
final class DrawnSamples {
  /** Two decoders may round differently. What one of them does not do changes a mean far more. */
  private static final double SAME_MEAN = 1.0;

  private final List<ImageSource> sources;
  private final List<byte[]> files = new ArrayList<>();
  private final Preprocessing preprocessing;
  private final long seed;

  /** Reads the images. */
  DrawnSamples(List<ImageSource> sources, Preprocessing preprocessing, long seed)
      throws IOException {
    this.sources = sources;
    this.preprocessing = preprocessing;
    this.seed = seed;
    for (ImageSource source : sources) {
      files.add(source.bytes().read());
    }
  }

  List<byte[]> files() {
    return files;
  }

  /** Makes all samples of an epoch. Returns the mean value of each image, 0 to 1. */
  double[] pass(Preprocessor preprocessor, int epoch) throws IOException, InterruptedException {
    float[] image = new float[preprocessing.floatsPerImage()];
    double[] means = new double[files.size()];
    try (FloatPointer input = new FloatPointer(image.length)) {
      for (int i = 0; i < files.size(); i++) {
        preprocessor.train(sources.get(i).name(), files.get(i), random(epoch, i), input);
        input.get(image);
        means[i] = mean(image);
      }
    }
    return means;
  }

  private CounterRandom random(int epoch, int image) {
    return sources.get(image).random(seed, epoch);
  }

  private double mean(float[] image) {
    int channels = preprocessing.channels();
    int plane = image.length / channels;
    double mean = 0;
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int i = c * plane; i < (c + 1) * plane; i++) {
        sum += image[i];
      }
      mean +=
          sum / plane * preprocessing.normalisation().std().get(c)
              + preprocessing.normalisation().mean().get(c);
    }
    return mean / channels;
  }

  /** The edits of all samples of an epoch. */
  List<List<Edit>> edits(Preprocessor preprocessor, int epoch) throws IOException {
    List<List<Edit>> edits = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      edits.add(preprocessor.edits(sources.get(i).name(), files.get(i), random(epoch, i)));
    }
    return edits;
  }

  /** The windows of an epoch, of the images that are decoded by windows. */
  List<Window> windows(Preprocessor preprocessor, int epoch) throws IOException {
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      preprocessor
          .window(sources.get(i).name(), files.get(i), random(epoch, i))
          .ifPresent(windows::add);
    }
    return windows;
  }

  /**
   * Checks that images whose values no edit changes are the same in both, nearly.
   *
   * @throws IllegalStateException naming one that is not
   */
  void requireSame(double[] means, double[] theirs, List<List<Edit>> edits) {
    for (int i = 0; i < means.length; i++) {
      boolean compared =
          preprocessing.channels() == 3
              && edits.get(i).stream().allMatch(Placement.class::isInstance);
      double mean = 255 * means[i];
      if (compared && Math.abs(mean - theirs[i]) > SAME_MEAN) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "%s: expected a mean value of %.2f as Pillow's, got %.2f",
                sources.get(i).name(),
                theirs[i],
                mean));
      }
    }
  }
}
