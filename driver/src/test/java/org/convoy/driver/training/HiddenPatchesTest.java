package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import org.convoy.graph.Draws;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.kernels.DropoutMask;
import org.convoy.models.Models;
import org.convoy.models.SparseAutoencoder;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a masked autoencoder is to restore. */
final class HiddenPatchesTest {
  private static final int BATCH = 2;
  private static final int SIDE = 32;
  private static final int HEIGHT = 2 * SIDE;
  private static final int WIDTH = 3 * SIDE;
  private static final double RATIO = 0.6;
  private static final long KEY = 9;

  private static final Graph GRAPH =
      SparseAutoencoder.of(
          Models.get("convnextv2_atto").build(Shape.of(3, HEIGHT, WIDTH), 10), RATIO, 8);

  private static float pixel(int sample, int channel, int y, int x) {
    return (float) Math.sin(1 + sample + 3 * channel + 0.1 * y * y + 0.7 * x);
  }

  /** Against the formula, pixel by pixel, and against the mask that the network draws. */
  @Test
  void patchesAreNormalisedAndVisibleOnesLeftOut() {
    FloatBuffer images = FloatBuffer.allocate(BATCH * 3 * HEIGHT * WIDTH);
    for (int i = 0; i < images.limit(); i++) {
      int row = i / WIDTH;
      images.put(i, pixel(row / HEIGHT / 3, row / HEIGHT % 3, row % HEIGHT, i % WIDTH));
    }
    Draws draws = new Draws(4, "network");
    INDArray targets = Nd4j.create(DataType.FLOAT, GRAPH.outputShape().batched(BATCH));
    new HiddenPatches(GRAPH, BATCH, RATIO, draws).write(images, KEY, targets);

    DropoutMask mask = new DropoutMask(Dropout.patch(RATIO, 1), "other", BATCH, 320, 2, 3);
    FloatBuffer visible = FloatBuffer.allocate(mask.length());
    mask.draw(draws.bits(KEY), visible);
    int hidden = 0;
    for (int sample = 0; sample < BATCH; sample++) {
      for (int patch = 0; patch < 6; patch++) {
        if (visible.get(sample * 6 + patch) == 0) {
          hidden++;
          restored(targets, sample, patch);
        } else {
          assertTrue(Double.isNaN(targets.getDouble(sample, 0, patch / 3, patch % 3)));
          assertTrue(Double.isNaN(targets.getDouble(sample, 3071, patch / 3, patch % 3)));
        }
      }
    }
    assertEquals(BATCH * 4, hidden);
  }

  private static void restored(INDArray targets, int sample, int patch) {
    int count = 3 * SIDE * SIDE;
    double[] pixels = new double[count];
    double mean = 0;
    for (int i = 0; i < count; i++) {
      int y = patch / 3 * SIDE + i / 3 / SIDE;
      int x = patch % 3 * SIDE + i / 3 % SIDE;
      pixels[i] = pixel(sample, i % 3, y, x);
      mean += pixels[i] / count;
    }
    double variance = 0;
    for (double each : pixels) {
      variance += (each - mean) * (each - mean) / (count - 1);
    }
    for (int i = 0; i < count; i++) {
      double expected = (pixels[i] - mean) / Math.sqrt(variance + 1e-6);
      assertEquals(expected, targets.getDouble(sample, i, patch / 3, patch % 3), 1e-5);
    }
  }
}
