package org.convoy.artifact.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.ExportOptions.Output;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.Sha256;
import org.convoy.graph.Graph;
import org.convoy.graph.GraphException;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
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
  /** Of the largest logit. */
  private static final double TOLERANCE = 1e-4;

  private static final int CLASSES = 10;

  /** VGGs have more elements than AlexNet, and the same ops. */
  private static final long MOST = 62_000_000;

  private static final boolean ALL = Boolean.getBoolean("convoy.models.all");

  /** A linear layer, or slices and padding, fit one resolution. */
  private static final Set<String> ONE_RESOLUTION =
      Set.of("lenet5", "lenet5_1998", "nasnetamobile");

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
    Graph graph = shrunk(model);
    int channels = graph.inputShape().channels();
    int side = graph.inputShape().dimension(1);
    try (INDArray weights = weights(graph)) {
      compare(saved(graph, weights), 1, 7);
      if (!ONE_RESOLUTION.contains(model.name())) {
        compare(saved(graph.at(Shape.of(channels, side + 11, side + 3)), weights), 1);
      }
    }
  }

  /** The model for an image of at most 64 pixels, or 96 where its windows need them. */
  private static Graph shrunk(Models.Model model) {
    try {
      return withSide(model, 64);
    } catch (GraphException tooSmall) {
      return withSide(model, 96);
    }
  }

  private static Graph withSide(Models.Model model, int most) {
    int side = Math.min(most, model.input().dimension(1));
    return model.build(Shape.of(model.input().channels(), side, side), CLASSES);
  }

  private void compare(SavedModel saved, int... batches) throws IOException, OrtException {
    try (OnnxRuntime runtime = export(saved, ExportOptions.PLAIN)) {
      for (int batch : batches) {
        try (INDArray images = images(saved.graph().inputShape(), batch)) {
          assertClose(logits(saved, images), runtime.run(images), saved.graph().name());
        }
      }
    }
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
    try (INDArray images = images(saved.graph().inputShape(), 2);
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
        for (int c = 0; c < CLASSES; c++) {
          sum += Math.exp(logits[n * CLASSES + c]);
        }
        for (int c = 0; c < CLASSES; c++) {
          int at = n * CLASSES + c;
          assertEquals(Math.exp(logits[at]) / sum, shares[at], 1e-5);
          assertEquals(1 / (1 + Math.exp(-logits[at])), each[at], 1e-5);
        }
      }
    }
  }

  @Test
  void foldedNormsGiveTheSameLogits() throws IOException, OrtException {
    SavedModel saved = resnet();
    try (INDArray images = images(saved.graph().inputShape(), 2);
        OnnxRuntime folded = export(saved, new ExportOptions(false, Output.LOGITS, true))) {
      assertClose(logits(saved, images), folded.run(images), "folded");
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
    Graph graph = Models.get("resnet20").build(Shape.of(3, 32, 32), CLASSES);
    return saved(graph, weights(graph));
  }

  private static SavedModel saved(Graph graph, INDArray weights) {
    Shape input = graph.inputShape();
    Preprocessing preprocessing =
        Preprocessing.named(
            "none", "cifar10", input.channels(), input.dimension(1), input.dimension(2));
    return new SavedModel(
        graph,
        weights,
        IntStream.range(0, CLASSES).mapToObj(i -> "class " + i).toList(),
        preprocessing.evaluationOnly().toJson(),
        new ModelManifest.Origin("epochs = 1", "test", "cafe", Map.of()));
  }

  /** Weights that keep sums near 1; scales and variances about 1. */
  private static INDArray weights(Graph graph) {
    Parameters layout = Parameters.of(graph);
    INDArray flat = Nd4j.createUninitialized(DataType.FLOAT, layout.length());
    FloatBuffer values = flat.data().asNioFloat();
    SplittableRandom random = new SplittableRandom(1);
    for (Parameter tensor : layout.all()) {
      double fanIn = (double) tensor.length() / tensor.shape().dimension(0);
      double centre = 0;
      double spread = 0.1;
      switch (tensor.kind()) {
        case WEIGHT -> spread = Math.sqrt(3 / fanIn);
        case NORM_SCALE -> centre = 0.7;
        case RUNNING_STATISTIC -> centre = tensor.name().endsWith("var") ? 1 : 0;
        case BIAS, NORM_SHIFT, SLOPE -> {}
      }
      for (long i = tensor.offset(); i < tensor.end(); i++) {
        values.put((int) i, (float) (centre + spread * (2 * random.nextDouble() - 1)));
      }
    }
    return flat;
  }

  private static INDArray images(Shape shape, int batch) {
    INDArray images = Nd4j.createUninitialized(DataType.FLOAT, shape.batched(batch));
    FloatBuffer values = images.data().asNioFloat();
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < images.length(); i++) {
      values.put(i, (float) (4 * random.nextDouble() - 2));
    }
    return images;
  }

  private static float[] logits(SavedModel saved, INDArray images) {
    try (Plan plan =
        Backends.get("onednn")
            .compile(saved.graph(), PlanRequest.inference((int) images.size(0)))) {
      plan.bind(saved.weights(), saved.weights());
      plan.input().assign(images);
      plan.forward(0);
      return plan.output().ravel().toFloatVector();
    }
  }

  private static void assertClose(float[] expected, float[] got, String what) {
    assertEquals(expected.length, got.length, what);
    double largest = 0;
    double furthest = 0;
    for (int i = 0; i < got.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      furthest = Math.max(furthest, Math.abs((double) got[i] - expected[i]));
    }
    assertTrue(largest > 0 && Double.isFinite(furthest), what + ": logits that say nothing");
    double deviation = furthest / largest;
    assertTrue(
        deviation <= TOLERANCE,
        String.format(Locale.ROOT, "%s: deviation %.2g of the largest logit", what, deviation));
  }
}
