package org.convoy.driver.training;

import java.nio.FloatBuffer;
import org.convoy.graph.Draws;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.kernels.DropoutMask;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a masked autoencoder restores: the pixels of the patches that the network does not see, each
 * patch minus its mean and divided by its deviation (He et al. 2022, "Masked Autoencoders Are
 * Scalable Vision Learners", section 3). Pixels of visible patches are NaN, which no loss counts.
 */
final class HiddenPatches {
  private static final double EPSILON = 1e-6;

  private final Shape input;
  private final int rows;
  private final int columns;
  private final int side;
  private final DropoutMask mask;
  private final FloatBuffer visible;
  private final Draws draws;

  /**
   * @param batch images of a micro-batch
   * @param ratio of the patches that are hidden
   * @param draws those of the network
   */
  HiddenPatches(Graph graph, int batch, double ratio, Draws draws) {
    Shape patches = graph.outputShape();
    this.input = graph.inputShape();
    this.rows = patches.dimension(1);
    this.columns = patches.dimension(2);
    this.side = input.dimension(1) / rows;
    this.mask = new DropoutMask(Dropout.patch(ratio, 1), "targets", batch, 1, rows, columns);
    this.visible = FloatBuffer.allocate(mask.length());
    this.draws = draws;
  }

  /**
   * Writes the pixels to restore.
   *
   * @param images of a micro-batch, normalised
   * @param key the micro-batch's number in the run
   * @param targets (batch, side * side * channels, rows, columns) float32
   */
  void write(FloatBuffer images, long key, INDArray targets) {
    mask.draw(draws.bits(key), visible);
    FloatBuffer to = targets.data().asNioFloat();
    int patches = rows * columns;
    for (int i = 0; i < mask.length(); i++) {
      int sample = i / patches;
      int patch = i % patches;
      long floats = input.elements();
      int corner =
          Math.toIntExact(sample * floats)
              + patch / columns * side * input.dimension(2)
              + patch % columns * side;
      int first = Math.toIntExact(sample * floats) + patch;
      if (visible.get(i) == 0) {
        hidden(images, corner, to, first);
      } else {
        for (int pixel = 0; pixel < floats / patches; pixel++) {
          to.put(first + pixel * patches, Float.NaN);
        }
      }
    }
  }

  /** The normalised pixels of one patch, in the order (rows, columns, channels). */
  private void hidden(FloatBuffer images, int corner, FloatBuffer to, int first) {
    int count = side * side * input.channels();
    double sum = 0;
    for (int pixel = 0; pixel < count; pixel++) {
      sum += images.get(corner + offset(pixel));
    }
    double mean = sum / count;
    double squares = 0;
    for (int pixel = 0; pixel < count; pixel++) {
      double difference = images.get(corner + offset(pixel)) - mean;
      squares += difference * difference;
    }
    double deviation = Math.sqrt(squares / Math.max(1, count - 1) + EPSILON);
    for (int pixel = 0; pixel < count; pixel++) {
      double value = (images.get(corner + offset(pixel)) - mean) / deviation;
      to.put(first + pixel * rows * columns, (float) value);
    }
  }

  /** Where a pixel of a patch lies in its image, from the patch's corner. */
  private int offset(int pixel) {
    int channel = pixel % input.channels();
    int place = pixel / input.channels();
    return (channel * input.dimension(1) + place / side) * input.dimension(2) + place % side;
  }
}
