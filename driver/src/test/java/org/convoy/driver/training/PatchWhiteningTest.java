package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.graph.Draws;
import org.convoy.graph.Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Weights that are computed from images before the first step. */
final class PatchWhiteningTest {
  private static final int SIZE = 3 * 2 * 2;
  private static final int SIDE = 9;

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  /** The filters' outputs over all patches are uncorrelated and have variance 1. */
  @Test
  void outputsAreWhite() {
    Draws draws = new Draws(3, "pixels");
    float[] image = new float[3 * SIDE * SIDE];
    for (int i = 0; i < image.length; i++) {
      // Neighbours and channels go together.
      image[i] = (float) (draws.normal(i) + draws.normal(i / 3) + 2 * draws.normal(i % SIDE));
    }
    PatchWhitening whitening = new PatchWhitening(3, 2, 2);
    whitening.add(image, SIDE, SIDE);
    double[] filters = whitening.filters(0);
    double[][] moments = new double[2 * SIZE][2 * SIZE];
    int patches = (SIDE - 1) * (SIDE - 1);
    for (int patch = 0; patch < patches; patch++) {
      double[] output = outputs(filters, image, patch / (SIDE - 1), patch % (SIDE - 1));
      for (int i = 0; i < output.length; i++) {
        for (int j = 0; j < output.length; j++) {
          moments[i][j] += output[i] * output[j] / patches;
        }
      }
    }
    for (int i = 0; i < 2 * SIZE; i++) {
      for (int j = 0; j < 2 * SIZE; j++) {
        double expected = i == j ? 1 : i % SIZE == j % SIZE ? -1 : 0;
        assertEquals(expected, moments[i][j], 1e-9, i + ", " + j);
      }
    }
  }

  private static double[] outputs(double[] filters, float[] image, int top, int left) {
    double[] output = new double[2 * SIZE];
    for (int k = 0; k < output.length; k++) {
      for (int i = 0; i < SIZE; i++) {
        int pixel = (i / 4 * SIDE + top + i / 2 % 2) * SIDE + left + i % 2;
        output[k] += filters[k * SIZE + i] * image[pixel];
      }
    }
    return output;
  }

  @Test
  void aRunKeepsTheFiltersOfItsImagesOnAnyNumberOfExecutors() throws Exception {
    String one = train(1, "one");
    assertEquals(one, train(2, "two"));
    SavedModel model =
        ModelFolder.load(folder.resolve("one/model").toString(), new Configuration(false));
    Parameters layout = Parameters.of(model.graph());
    INDArray weight = layout.view(model.weights(), layout.get("whiten.weight"));
    for (int i = 0; i < SIZE * SIZE; i++) {
      assertEquals(weight.getFloat(i), -weight.getFloat(SIZE * SIZE + i));
    }
    // The greatest direction of natural patches is their mean: all weights have one sign.
    double sum = 0;
    double sizes = 0;
    double first = 0;
    double last = 0;
    for (int i = 0; i < SIZE; i++) {
      sum += weight.getFloat(i);
      sizes += Math.abs(weight.getFloat(i));
      first += Math.pow(weight.getFloat(i), 2);
      last += Math.pow(weight.getFloat((SIZE - 1) * SIZE + i), 2);
    }
    assertEquals(sizes, Math.abs(sum), 1e-6);
    assertTrue(last > 10 * first, first + " " + last);
    model.weights().close();
  }

  private String train(int executors, String run) throws Exception {
    return runs.train(
            executors,
            runs.data(),
            folder.resolve(run),
            false,
            "model={name: airbench94, input: [3, 32, 32]}",
            "batch={micro-batches: 2, micro-batch-size: 4}",
            "image.train=[{resize: 32}, horizontal-flip]",
            "image.evaluation=[{resize: 32}]",
            "max-steps=2",
            "data.validation=\"\"",
            "parameters=[{match: \"whiten.weight\", frozen: true}, "
                + "{match: \"*.norm?.weight\", frozen: true}, {match: \"*.norm?.bias\", rate: 64}]")
        .weightsSha256();
  }
}
