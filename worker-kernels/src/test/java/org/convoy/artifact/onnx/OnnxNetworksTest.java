package org.convoy.artifact.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.ExportOptions.Output;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.Sha256;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.image.transform.Normalisation;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Networks of the registry in ONNX Runtime: the same logits as here. The smallest of each family,
 * or all with {@code -Dconvoy.models.all=true}.
 */
class OnnxNetworksTest {
  /** VGGs have more elements than AlexNet, and the same ops. */
  private static final long MOST = 62_000_000;

  /** A linear layer, positions of attention, or slices and padding fit one resolution. */
  private static final Set<String> ONE_RESOLUTION =
      Set.of(
          "lenet5",
          "lenet5_1998",
          "nasnetamobile",
          "nasnetalarge",
          "keras_xception",
          "coatnet_0_224");

  private static final boolean ALL = Boolean.getBoolean("convoy.models.all");

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @TestFactory
  Stream<DynamicTest> everyNetworkGivesTheSameLogits() {
    return (ALL
            ? Models.all().stream()
            : Models.families().stream()
                .flatMap(
                    family ->
                        family.stream()
                            .min(Comparator.comparing(OnnxNetworksTest::elements))
                            .filter(model -> elements(model) <= MOST)
                            .stream()))
        .map(model -> DynamicTest.dynamicTest(model.name(), () -> compare(model)));
  }

  private static long elements(Models.Model model) {
    return Parameters.of(model.build()).length();
  }

  private void compare(Models.Model model) throws IOException, OrtException {
    Graph graph = DrawnNetwork.small(model);
    try (INDArray weights = DrawnNetwork.weights(graph)) {
      compare(DrawnNetwork.saved(graph, weights), 1, 7);
      Optional<Graph> larger = DrawnNetwork.larger(graph);
      assertEquals(larger.isEmpty(), ONE_RESOLUTION.contains(model.name()));
      if (larger.isPresent()) {
        compare(DrawnNetwork.saved(larger.get(), weights), 1);
      }
    }
  }

  private void compare(SavedModel saved, int... batches) throws IOException, OrtException {
    try (OnnxRuntime runtime = export(saved, ExportOptions.PLAIN)) {
      for (int batch : batches) {
        try (INDArray images = DrawnNetwork.images(saved.graph().inputShape(), batch)) {
          assertClose(
              DrawnNetwork.logits(saved, images), runtime.run(images), saved.graph().name());
        }
      }
    }
  }

  /** ONNX Runtime would merge a padding by positive zeros with the pool, whose own is no zero. */
  @Test
  void zerosBeforeAPoolCount() throws IOException, OrtException {
    Value x = Value.input(Shape.of(3, 8, 8)).conv("conv", 4, 3).norm("norm");
    x = x.pad(List.of(1, 1), List.of(1, 1)).maxPool(3, 2, 0);
    Graph graph = x.globalAveragePool().linear("fc", DrawnNetwork.CLASSES).graph("padded");
    compare(DrawnNetwork.saved(graph, DrawnNetwork.weights(graph)), 2);
  }

  @Test
  void pixelsAreNormalisedInTheModel() throws IOException, OrtException {
    SavedModel saved = resnet();
    int batch = 3;
    byte[] pixels = new byte[batch * 32 * 32 * 3];
    new SplittableRandom(7).nextBytes(pixels);
    try (OnnxRuntime plain = export(saved, ExportOptions.PLAIN);
        OnnxRuntime runtime = export(saved, new ExportOptions(true, Output.LOGITS, false));
        INDArray images = Nd4j.create(DataType.FLOAT, batch, 3, 32, 32)) {
      assertEquals(List.of("image", "logits"), runtime.names());
      Normalisation normalisation = Normalisation.named("cifar10", 3);
      for (int n = 0; n < batch; n++) {
        for (int c = 0; c < 3; c++) {
          float[] table = normalisation.table(c);
          for (int y = 0; y < 32; y++) {
            for (int x = 0; x < 32; x++) {
              int value = pixels[((n * 32 + y) * 32 + x) * 3 + c] & 0xff;
              images.putScalar(new int[] {n, c, y, x}, table[value]);
            }
          }
        }
      }
      assertArrayEquals(plain.run(images), runtime.run(pixels, batch, 32, 32, 3));
    }
  }

  @Test
  void probabilitiesAreThoseOfTheLogits() throws IOException, OrtException {
    SavedModel saved = resnet();
    try (INDArray images = DrawnNetwork.images(saved.graph().inputShape(), 2);
        OnnxRuntime plain = export(saved, ExportOptions.PLAIN);
        OnnxRuntime softmax = export(saved, new ExportOptions(false, Output.SOFTMAX, false));
        OnnxRuntime sigmoid = export(saved, new ExportOptions(false, Output.SIGMOID, false))) {
      assertEquals(List.of("input", "logits"), plain.names());
      assertEquals(List.of("input", "probabilities"), softmax.names());
      float[] logits = plain.run(images);
      float[] shares = softmax.run(images);
      float[] each = sigmoid.run(images);
      for (int n = 0; n < 2; n++) {
        double sum = 0;
        for (int c = 0; c < DrawnNetwork.CLASSES; c++) {
          sum += Math.exp(logits[n * DrawnNetwork.CLASSES + c]);
        }
        for (int c = 0; c < DrawnNetwork.CLASSES; c++) {
          int at = n * DrawnNetwork.CLASSES + c;
          assertEquals(Math.exp(logits[at]) / sum, shares[at], 1e-5);
          assertEquals(1 / (1 + Math.exp(-logits[at])), each[at], 1e-5);
        }
      }
    }
  }

  @Test
  void foldedNormsGiveTheSameLogits() throws IOException, OrtException {
    SavedModel saved = resnet();
    try (INDArray images = DrawnNetwork.images(saved.graph().inputShape(), 2);
        OnnxRuntime folded = export(saved, new ExportOptions(false, Output.LOGITS, true))) {
      assertClose(DrawnNetwork.logits(saved, images), folded.run(images), "folded");
    }
    NormFolding folding = NormFolding.of(saved.graph(), saved.weights());
    assertTrue(
        folding.graph().nodes().stream().noneMatch(node -> node.op().word().equals("norm")),
        "every norm of a ResNet follows a convolution");
    folding.weights().close();
  }

  @Test
  void theFileSaysWhereItComesFrom() throws IOException, OrtException {
    SavedModel saved = resnet();
    try (OnnxRuntime runtime = export(saved, ExportOptions.PLAIN)) {
      Map<String, String> metadata = runtime.metadata();
      assertEquals(saved.weightsSha256(), metadata.get("weights_sha256"));
      assertEquals(Sha256.of("epochs = 1"), metadata.get("recipe_sha256"));
      assertEquals(saved.preprocessing().toString(), metadata.get("preprocessing"));
      assertTrue(String.valueOf(metadata.get("labels")).startsWith("[\"class 0\",\"class 1\""));
    }
  }

  private OnnxRuntime export(SavedModel saved, ExportOptions options)
      throws IOException, OrtException {
    new OnnxFormat().write(saved, options, new LocalStore(folder), "model.onnx");
    return new OnnxRuntime(folder.resolve("model.onnx"));
  }

  private static SavedModel resnet() {
    Graph graph = Models.get("resnet20").build(Shape.of(3, 32, 32), DrawnNetwork.CLASSES);
    return DrawnNetwork.saved(graph, DrawnNetwork.weights(graph));
  }

  private static void assertClose(float[] expected, float[] got, String what) {
    double deviation = DrawnNetwork.deviation(expected, got, what);
    assertTrue(
        deviation <= DrawnNetwork.TOLERANCE,
        String.format(Locale.ROOT, "%s: deviation %.2g of the largest logit", what, deviation));
  }
}
