package org.convoy.explanation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Subgraphs;
import org.convoy.graph.Value;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.Backends;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Methods on networks whose answers are known, on the fast backend and on the reference. */
class ExplanationTest {
  private static final int SIDE = 16;
  private static final int POSITIONS = SIDE * SIDE;
  private static final Preprocessing PREPROCESSING =
      Preprocessing.named("none", "half", 3, SIDE, SIDE);

  private static Attribution explain(
      Graph graph, INDArray weights, String backend, Explanation method, float[] image, int label)
      throws IOException {
    ImageNetwork network =
        new ImageNetwork(
            Subgraphs.withoutDropout(graph),
            PREPROCESSING,
            Parameters.of(graph),
            weights,
            Backends.get(backend),
            "test");
    try (Explanation.Explainer explainer = method.open(network)) {
      return explainer.explain(image, label);
    }
  }

  private static float[] image(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] image = new float[3 * POSITIONS];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) random.nextDouble(-1, 1);
    }
    return image;
  }

  /** Weights of every network: those of a convolutional network are drawn, norms too. */
  private static INDArray drawn(Graph graph) {
    Parameters layout = Parameters.of(graph);
    INDArray weights = layout.initialize(5, DataType.FLOAT);
    SplittableRandom random = new SplittableRandom(6);
    for (Parameter tensor : layout.all()) {
      if (tensor.name().contains("bn")) {
        for (long i = tensor.offset(); i < tensor.end(); i++) {
          weights.data().put(i, (float) random.nextDouble(0.5, 1.5));
        }
      }
    }
    return weights;
  }

  private static Graph convolutional() {
    return Value.input(Shape.of(3, SIDE, SIDE))
        .conv("conv1", 8, 3)
        .norm("bn1")
        .relu()
        .dropout("drop1", 0.5)
        .conv("conv2", 8, 3, 2)
        .norm("bn2")
        .relu()
        .globalAveragePool()
        .flatten()
        .dropout("drop2", 0.5)
        .linear("fc", 4)
        .graph("convolutional");
  }

  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j"})
  void integratedGradientsAddUpToTheDifferenceOfOutputs(String backend) throws IOException {
    Graph graph = convolutional();
    try (INDArray weights = drawn(graph)) {
      for (int label = 0; label < 4; label++) {
        Attribution found =
            explain(graph, weights, backend, new IntegratedGradients(200), image(label), label);
        double difference = found.figure("difference");
        double sum = 0;
        for (float each : found.values()) {
          sum += each;
        }
        assertTrue(Math.abs(difference) > 1e-2, () -> "the outputs differ by " + difference);
        assertEquals(difference, sum, 0.01 * Math.abs(difference));
        assertEquals(sum, found.figure("sum"), 1e-4);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j"})
  void integratedGradientsOfALinearNetworkAreItsTerms(String backend) throws IOException {
    Graph graph = Value.input(Shape.of(3, SIDE, SIDE)).flatten().linear("fc", 2).graph("linear");
    float[] image = image(1);
    try (INDArray weights = Parameters.of(graph).initialize(5, DataType.FLOAT)) {
      Attribution found = explain(graph, weights, backend, new IntegratedGradients(3), image, 1);
      float[] expected = new float[POSITIONS];
      for (int i = 0; i < image.length; i++) {
        float weight = weights.data().getFloat(image.length + i);
        expected[i % POSITIONS] += (image[i] - -1) * weight; // black is -1
      }
      assertArrayEquals(expected, found.values(), 1e-5f);
    }
  }

  /** Behind a global mean the gradient of a map is the class's weight over the positions. */
  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j"})
  void gradCamIsTheClassActivationMapBehindAGlobalMean(String backend) throws IOException {
    Graph graph =
        Value.input(Shape.of(3, SIDE, SIDE))
            .conv("mix", 5, 1)
            .globalAveragePool()
            .flatten()
            .linear("fc", 3)
            .graph("means");
    Parameters layout = Parameters.of(graph);
    float[] image = image(2);
    try (INDArray weights = layout.initialize(7, DataType.FLOAT)) {
      Attribution found = explain(graph, weights, backend, new GradCam(""), image, 2);
      float[] mix = layout.view(weights, layout.get("mix.weight")).dup('c').data().asFloat();
      float[] fc = layout.view(weights, layout.get("fc.weight")).dup('c').data().asFloat();
      float[] expected = new float[POSITIONS];
      for (int i = 0; i < POSITIONS; i++) {
        double sum = 0;
        for (int map = 0; map < 5; map++) {
          double value = 0;
          for (int c = 0; c < 3; c++) {
            value += mix[map * 3 + c] * image[c * POSITIONS + i];
          }
          sum += fc[2 * 5 + map] / POSITIONS * value;
        }
        expected[i] = (float) Math.max(0, sum);
      }
      assertTrue(sum(expected) > 0, "the map is not empty");
      assertArrayEquals(expected, found.values(), 1e-6f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j"})
  void occlusionFindsThePlantedPatch(String backend) throws IOException {
    Graph graph = Value.input(Shape.of(3, SIDE, SIDE)).flatten().linear("fc", 2).graph("linear");
    try (INDArray weights = Parameters.of(graph).initialize(5, DataType.FLOAT)) {
      weights.assign(0);
      float[] image = new float[3 * POSITIONS];
      Arrays.fill(image, 1);
      for (int y = 8; y < 12; y++) {
        for (int x = 4; x < 8; x++) {
          weights.data().put(3L * POSITIONS + y * SIDE + x, 1f); // class 1, red
        }
      }
      Attribution found = explain(graph, weights, backend, new Occlusion(4, 4), image, 1);
      for (int i = 0; i < POSITIONS; i++) {
        boolean planted = i / SIDE / 4 == 2 && i % SIDE / 4 == 1;
        assertEquals(planted ? 16 : 0, found.values()[i], 1e-5, "position " + i);
      }
      assertEquals(16, found.figure("output"), 1e-5);
      Attribution other = explain(graph, weights, backend, new Occlusion(5, 3), image, 0);
      assertArrayEquals(new float[POSITIONS], other.values(), 0);
    }
  }

  /** Two windows of ones: the number of paths from each position to the centre. */
  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j"})
  void theEffectiveReceptiveFieldCountsPaths(String backend) throws IOException {
    Graph graph =
        Value.input(Shape.of(3, SIDE, SIDE))
            .conv("conv1", 1, 3)
            .conv("conv2", 1, 3)
            .globalAveragePool()
            .flatten()
            .linear("fc", 2)
            .graph("windows");
    try (INDArray weights = Parameters.of(graph).initialize(5, DataType.FLOAT)) {
      weights.assign(1);
      Attribution found =
          explain(graph, weights, backend, new EffectiveReceptiveField("conv2"), image(3), 0);
      int[] paths = {1, 2, 3, 2, 1};
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          int down = y - (SIDE / 2 - 2);
          int right = x - (SIDE / 2 - 2);
          boolean within = down >= 0 && down < 5 && right >= 0 && right < 5;
          assertEquals(
              within ? 3 * paths[down] * paths[right] : 0, found.values()[y * SIDE + x], 1e-4);
        }
      }
      assertEquals(5, found.figure("side"), 1e-9);
    }
  }

  @Test
  void everyConvolutionalNetworkHasFeatureMapsAndTransformersHaveNone() {
    ToDoubleFunction<String> lastSide =
        name -> {
          Graph graph = Subgraphs.withoutDropout(Models.get(name).build());
          ImageNetwork network =
              new ImageNetwork(
                  graph,
                  PREPROCESSING,
                  Parameters.of(graph),
                  Nd4j.empty(DataType.FLOAT),
                  Backends.get("onednn"),
                  "test");
          return graph.nodes().get(network.featureMaps("")).shape().dimension(1);
        };
    assertEquals(8, lastSide.applyAsDouble("resnet20"));
    assertEquals(7, lastSide.applyAsDouble("mobilenet_v2"));
    assertEquals(13, lastSide.applyAsDouble("squeezenet1_1"));
    assertEquals(7, lastSide.applyAsDouble("densenet121"));
    RequestException refused =
        assertThrows(RequestException.class, () -> lastSide.applyAsDouble("vit_small_patch16_224"));
    assertTrue(refused.toString().contains("integrated-gradients or occlusion"));
  }

  @Test
  void theMeanOfFieldsIsTheirMean() {
    FieldMean mean = new FieldMean(1, 4);
    mean.add(Attribution.of(1, 4, new float[] {0, 2, 4, 0}, Map.of()));
    mean.add(Attribution.of(1, 4, new float[] {0, 0, 4, 1e-3f}, Map.of()));
    assertArrayEquals(new float[] {0, 1, 4, 5e-4f}, mean.mean().values());
    assertEquals(Math.sqrt(2), mean.mean().figure("side"));
  }

  @Test
  void aLayerBesideAPathIsRefused() throws IOException {
    Graph graph = Models.get("resnet20").build(Shape.of(3, SIDE, SIDE), 4);
    try (INDArray weights = Parameters.of(graph).initialize(5, DataType.FLOAT)) {
      for (String layer : new String[] {"layer1.0.conv1", "nothing"}) {
        RequestException refused =
            assertThrows(
                RequestException.class,
                () -> explain(graph, weights, "onednn", new GradCam(layer), image(1), 0));
        assertTrue(refused.toString().contains("--layer: "), refused::toString);
      }
    }
    assertThrows(RequestException.class, () -> Explanation.named("saliency", ""));
    assertThrows(RequestException.class, () -> Explanation.named("occlusion", "layer1"));
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float each : values) {
      sum += each;
    }
    return sum;
  }
}
