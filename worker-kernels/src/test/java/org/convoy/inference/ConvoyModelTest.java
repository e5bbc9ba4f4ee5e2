package org.convoy.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.Preprocessor;
import org.convoy.image.loader.ResizeOn;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.Backends;
import org.convoy.kernels.EmulatedGpu;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.metrics.Prediction;
import org.convoy.task.MultiLabel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

@Timeout(60)
class ConvoyModelTest {
  private static final List<String> LABELS =
      Arrays.stream(ShapeKind.values()).map(ShapeKind::label).toList();
  private static final Preprocessing PREPROCESSING =
      Preprocessing.named("none", "cifar10", 3, 32, 32);
  private static final Graph GRAPH =
      Value.input(Shape.of(3, 32, 32))
          .conv("conv1", 8, 3, 2)
          .norm("bn1")
          .relu()
          .globalAveragePool()
          .flatten()
          .linear("fc", LABELS.size())
          .graph("tiny");
  private static final List<byte[]> IMAGES = new ArrayList<>();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    ShapesGenerator generator = new ShapesGenerator(new ShapesSettings(1, 1, 32, 5));
    for (ShapeKind kind : ShapeKind.values()) {
      IMAGES.add(generator.draw(ShapesGenerator.Split.TRAIN, kind, 0));
    }
    save("model", PREPROCESSING, "");
  }

  private static void save(String name, Preprocessing preprocessing, String recipe)
      throws IOException {
    try (INDArray weights = Parameters.of(GRAPH).initialize(3, DataType.FLOAT)) {
      new SavedModel(
              GRAPH,
              weights,
              LABELS,
              preprocessing.toJson(),
              new ModelManifest.Origin(recipe, "test", "", Map.of()))
          .save(new LocalStore(folder), name);
    }
  }

  /** The complete example of the guide. */
  @Test
  void aProgramPredictsImages() throws Exception {
    Path photo = Files.write(folder.resolve("photo.jpg"), IMAGES.get(4));
    try (ConvoyModel model = ConvoyModel.load(folder.resolve("model"))) {
      byte[] image = Files.readAllBytes(photo);
      ConvoyModel.Classified result = model.predict(List.of(image), 3).get(0);
      assertEquals(3, result.top().size());
      assertTrue(LABELS.contains(result.top().get(0).label()));
    }
  }

  @Test
  void imagesAndTheirTensorsGiveWhatTheReferenceComputes() throws Exception {
    try (ConvoyModel model = ConvoyModel.load(folder.resolve("model"), 4)) {
      int sample = PREPROCESSING.floatsPerImage();
      float[] tensors = new float[IMAGES.size() * sample];
      try (Preprocessor preprocessor = new Preprocessor(PREPROCESSING)) {
        for (int i = 0; i < IMAGES.size(); i++) {
          preprocessor.evaluate("image", IMAGES.get(i), tensors, i * sample);
        }
      }
      float[] expected = reference(tensors);
      float[] outputs = model.outputs(FloatBuffer.wrap(tensors), IMAGES.size());
      assertArrayEquals(expected, outputs, 1e-4f);
      List<ConvoyModel.Classified> results = model.predict(IMAGES, 3);
      for (int i = 0; i < IMAGES.size(); i++) {
        List<Prediction> top = Prediction.top(outputs, i * LABELS.size(), LABELS.size(), 3);
        assertEquals(
            top.stream()
                .map(
                    each ->
                        new ConvoyModel.NamedClass(LABELS.get(each.label()), each.probability()))
                .toList(),
            results.get(i).top());
      }
    }
  }

  private static float[] reference(float[] tensors) {
    try (INDArray weights = Parameters.of(GRAPH).initialize(3, DataType.FLOAT);
        Plan plan = Backends.get("nd4j").compile(GRAPH, PlanRequest.inference(IMAGES.size()))) {
      plan.bind(weights, weights);
      plan.input().data().asNioFloat().put(tensors);
      plan.forward(0);
      float[] outputs = new float[IMAGES.size() * LABELS.size()];
      plan.output().data().asNioFloat().get(outputs);
      return outputs;
    }
  }

  /** bfloat16 has eight bits of precision; a processor without it computes in float32. */
  @Test
  void bfloat16GivesNearlyTheSameOutputs() throws Exception {
    float[] tensors = new float[4 * PREPROCESSING.floatsPerImage()];
    for (int i = 0; i < tensors.length; i++) {
      tensors[i] = (i % 17 - 8) / 8f;
    }
    InferenceOptions options = new InferenceOptions(4, Precision.BFLOAT16);
    try (ConvoyModel exact = ConvoyModel.load(folder.resolve("model"), 4);
        ConvoyModel rounded = ConvoyModel.load(folder.resolve("model"), options)) {
      assertEquals(Precision.FLOAT32, exact.precision());
      assertEquals(Backends.get("onednn").effective(Precision.BFLOAT16), rounded.precision());
      float[] expected = exact.outputs(FloatBuffer.wrap(tensors), 4);
      float[] outputs = rounded.outputs(FloatBuffer.wrap(tensors), 4);
      float largest = 0;
      for (float each : expected) {
        largest = Math.max(largest, Math.abs(each));
      }
      assertArrayEquals(expected, outputs, 0.02f * largest);
      assertEquals(rounded.precision() == Precision.FLOAT32, Arrays.equals(expected, outputs));
    }
  }

  /** The last layer makes the same logits of the embedding. */
  @Test
  void theEmbeddingComesWithTheLogits() throws Exception {
    LocalStore store = new LocalStore(folder);
    List<ImageSource> sources =
        IntStream.range(0, IMAGES.size())
            .mapToObj(i -> new ImageSource(i, "image " + i, 0, () -> IMAGES.get(i)))
            .toList();
    Parameters layout = Parameters.of(GRAPH);
    try (ConvoyModel model =
            ConvoyModel.withEmbedding(
                SavedModel.load(store, "model"), InferenceOptions.of(4), "model");
        ConvoyModel plain = ConvoyModel.load(folder.resolve("model"), 4);
        INDArray weights = layout.initialize(3, DataType.FLOAT);
        ScoredImages scored = model.open(model.batches(sources).iterator(), 2);
        ScoredImages expected = plain.open(plain.batches(sources).iterator(), 2)) {
      int images = 0;
      for (List<ImageScores> part = scored.next(); !part.isEmpty(); part = scored.next()) {
        List<ImageScores> same = expected.next();
        for (int i = 0; i < part.size(); i++) {
          float[] features = part.get(i).embedding();
          assertEquals(8, features.length);
          assertArrayEquals(same.get(i).logits(), part.get(i).logits(), 1e-6f);
          assertEquals(0, same.get(i).embedding().length);
          for (int label = 0; label < LABELS.size(); label++) {
            double sum = weights.getDouble(layout.get("fc.bias").offset() + label);
            for (int k = 0; k < 8; k++) {
              sum +=
                  features[k] * weights.getDouble(layout.get("fc.weight").offset() + label * 8 + k);
            }
            assertEquals(sum, part.get(i).logits()[label], 1e-5);
          }
          images++;
        }
      }
      assertEquals(IMAGES.size(), images);
      float[] tensors = new float[PREPROCESSING.floatsPerImage()];
      assertArrayEquals(
          plain.outputs(FloatBuffer.wrap(tensors), 1), model.outputs(FloatBuffer.wrap(tensors), 1));
    }
  }

  @Test
  void anImageThatDoesNotDecodeSaysSoInItsPlace() throws Exception {
    try (ConvoyModel model = ConvoyModel.load(folder.resolve("model"), 2)) {
      List<byte[]> images = List.of(IMAGES.get(0), new byte[] {1, 2, 3}, IMAGES.get(1));
      List<ConvoyModel.Classified> results = model.predict(images, 1);
      assertEquals(
          List.of(true, false, true),
          results.stream().map(each -> each.refusal().isEmpty()).toList());
      assertEquals(List.of(), results.get(1).top());
      assertEquals(model.predict(List.of(IMAGES.get(1)), 1).get(0), results.get(2));
    }
  }

  /** The host takes the place of the GPU. */
  @Test
  void aModelComputesOnAGpu() throws Exception {
    try (EmulatedGpu gpu = new EmulatedGpu();
        ConvoyModel host = ConvoyModel.load(folder.resolve("model"), 4);
        ConvoyModel there =
            ConvoyModel.load(folder.resolve("model"), InferenceOptions.of(4).backend("cudnn"));
        ConvoyModel resizing =
            ConvoyModel.load(
                folder.resolve("model"),
                InferenceOptions.of(4).backend("cudnn").resizeOn(ResizeOn.GPU))) {
      List<ConvoyModel.Classified> expected = host.predict(IMAGES, 1);
      List<ConvoyModel.Classified> found = there.predict(IMAGES, 1);
      for (int i = 0; i < expected.size(); i++) {
        ConvoyModel.NamedClass best = expected.get(i).top().get(0);
        assertEquals(best.label(), found.get(i).top().get(0).label());
        assertEquals(best.probability(), found.get(i).top().get(0).probability(), 1e-5);
      }
      assertTrue(gpu.used("copy_any"));
      assertTrue(gpu.used("normalise_pixels_any"));
      assertEquals(found, resizing.predict(IMAGES, 1));
      assertTrue(gpu.used("resize_pixels_colour"));
    }
  }

  @Test
  void threadsShareAModel() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (ConvoyModel model = ConvoyModel.load(folder.resolve("model"), 4)) {
      List<ConvoyModel.Classified> alone = model.predict(IMAGES, 10);
      List<Future<List<ConvoyModel.Classified>>> results =
          IntStream.range(0, 12)
              .mapToObj(i -> threads.submit(() -> model.predict(IMAGES.subList(i % 10, 10), 10)))
              .toList();
      for (int i = 0; i < results.size(); i++) {
        assertEquals(alone.subList(i % 10, 10), results.get(i).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theTaskOfTheRecipeDecidesWhatAPredictionSays() throws Exception {
    save(
        "labels",
        PREPROCESSING,
        "{\"task\": {\"name\": \"multi-label\", \"labels\": \"labels.csv\", \"threshold\": 0.25}}");
    try (ConvoyModel model = ConvoyModel.load(folder.resolve("labels"), 2)) {
      assertEquals(new MultiLabel("labels.csv", 0.25), model.task());
      ConvoyModel.Classified result = model.predict(IMAGES.subList(0, 1), 1).get(0);
      assertTrue(result.top().stream().allMatch(each -> each.probability() > 0.25));
      assertEquals(Optional.empty(), result.refusal());
    }
  }

  @Test
  void wrongRequestsAreRefused() throws Exception {
    assertThrows(FileNotFoundException.class, () -> ConvoyModel.load(folder.resolve("none")));
    save("other", Preprocessing.named("none", "cifar10", 3, 16, 16), "");
    DamagedFileException damaged =
        assertThrows(DamagedFileException.class, () -> ConvoyModel.load(folder.resolve("other")));
    assertTrue(damaged.toString().contains("preprocessing.json"), damaged.toString());
    ConvoyModel model = ConvoyModel.load(folder.resolve("model"), 2);
    IllegalArgumentException shorter =
        assertThrows(
            IllegalArgumentException.class, () -> model.outputs(FloatBuffer.allocate(3072), 2));
    assertTrue(shorter.toString().contains("6144 numbers, got 3072"), shorter.toString());
    model.close();
    model.close();
    assertInstanceOf(
        IllegalStateException.class,
        assertThrows(RuntimeException.class, () -> model.predict(IMAGES, 1)));
    assertThrows(IllegalStateException.class, () -> model.outputs(FloatBuffer.allocate(3072), 1));
  }
}
