package org.convoy.driver.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.config.Views;
import org.convoy.driver.data.DataSetException;
import org.convoy.driver.data.ImageFile;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.image.transform.CornerCrop;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.Resize;
import org.convoy.image.transform.Shift;
import org.convoy.image.transform.Size;
import org.convoy.inference.InferenceOptions;
import org.convoy.kernels.Backends;
import org.convoy.kernels.NativeMemory;
import org.convoy.kernels.Precision;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.convoy.task.Classification;
import org.convoy.task.MultiLabel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A ResNet-20 as it is initialised, on 70 real files, against Spark in this process. */
final class EvaluationTest {
  private static final int PER_CLASS = 7;
  private static final InferenceOptions OPTIONS = InferenceOptions.of(8);

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Path shared;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeAll
  static void drawAndSave() throws IOException {
    NativeMemory.unlimited();
    new ShapesGenerator(new ShapesSettings(0, PER_CLASS, 32, 5)).write(shared.resolve("shapes"));
    save(labels());
  }

  private static List<String> labels() {
    return Stream.of(ShapeKind.values()).map(ShapeKind::label).toList();
  }

  private static void save(List<String> labels) throws IOException {
    Graph graph = Models.get("resnet20").build(Shape.of(3, 32, 32), labels.size());
    try (INDArray weights = Parameters.of(graph).initialize(3, DataType.FLOAT)) {
      new SavedModel(
              graph,
              weights,
              labels,
              Preprocessing.named("pad-crop-flip", "cifar10", 3, 32, 32).evaluationOnly().toJson(),
              new ModelManifest.Origin("", "test", "", Map.of()))
          .save(new LocalStore(shared), "model");
    }
  }

  @Test
  void countsEachImageOnceOnEveryNumberOfExecutorsAndAgreesWithPrediction() throws Exception {
    EvaluationResult one = evaluate(1, shared.resolve("shapes"), OnBadImage.FAIL);
    EvaluationResult three = evaluate(3, shared.resolve("shapes"), OnBadImage.FAIL);
    assertEquals(3, three.executors());
    for (EvaluationResult each : List.of(one, three)) {
      assertEquals(10 * PER_CLASS, each.images());
      assertEquals(List.of(), each.badImages());
      assertTrue(each.imagesPerSecond() > 0 && each.seconds() >= each.evaluationSeconds());
    }
    assertEquals(one.metrics().get("top1"), three.metrics().get("top1"));
    assertEquals(one.metrics().get("top5"), three.metrics().get("top5"));
    assertEquals(one.loss(), three.loss(), 1e-6);
    assertEquals(one.weightsSha256(), three.weightsSha256());

    EvaluationResult rounded =
        evaluate(
            new EvaluationRequest(
                model(),
                "file:" + shared.resolve("shapes"),
                "validation",
                new InferenceOptions(8, Precision.BFLOAT16),
                Views.SINGLE,
                OnBadImage.FAIL),
            1);
    assertEquals(one.loss(), rounded.loss(), 0.02 * one.loss());
    if (Backends.get("onednn").effective(Precision.BFLOAT16) == Precision.BFLOAT16) {
      assertNotEquals(one.loss(), rounded.loss());
    }

    int[] hits = new int[2];
    try (Predictor predictor = Predictor.open(model(), OPTIONS, new Configuration())) {
      List<ImageFile> files =
          ImageFile.list(validation(shared.resolve("shapes")), new Configuration());
      List<ImageFile> seen = new ArrayList<>();
      predictor.predict(
          files,
          5,
          2,
          found -> {
            seen.add(found.image());
            int label =
                labels()
                    .indexOf(found.image().uri().replaceAll("/[^/]*$", "").replaceAll(".*/", ""));
            assertTrue(found.top().get(0).probability() >= found.top().get(4).probability());
            hits[0] += found.top().get(0).label() == label ? 1 : 0;
            hits[1] += found.top().stream().anyMatch(guess -> guess.label() == label) ? 1 : 0;
          });
      assertEquals(files, seen);
    }
    assertEquals(hits[0] / 70.0, one.metrics().getOrDefault("top1", Double.NaN), 1e-12);
    assertEquals(hits[1] / 70.0, one.metrics().getOrDefault("top5", Double.NaN), 1e-12);
  }

  /** A cluster manager would kill executors that predict with less memory than it takes. */
  @Test
  void predictionIsRefusedWhereAnExecutorLacksMemory() throws Exception {
    long heap = 1L << 30;
    ExecutorSize small = new ExecutorSize(2, heap, 200L << 20, true);
    RequestException refused =
        assertThrows(
            RequestException.class,
            () -> SharedModels.requireMemory(model(), OPTIONS, small, new Configuration()));
    String text = refused.toString();
    assertTrue(text.contains("add --conf spark.executor.memoryOverhead="), text);
    long asked = Long.parseLong(text.replaceAll(".*memoryOverhead=(\\d+)m.*", "$1")) << 20;
    SharedModels.requireMemory(
        model(), OPTIONS, new ExecutorSize(2, heap, asked, true), new Configuration());
    SharedModels.requireMemory(
        model(), OPTIONS, new ExecutorSize(2, heap, 200L << 20, false), new Configuration());
  }

  /**
   * A data set and its mirror image are the same to an evaluation that looks at both. Where the
   * crop is the whole image, all corners are.
   */
  @Test
  void mirrorImagesAndCropsAreAveraged() throws Exception {
    Path plain = folder.resolve("plain");
    Path mirrored = folder.resolve("mirrored");
    try (Stream<Path> all = Files.walk(shared.resolve("shapes/validation"))) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        Path png =
            Path.of(shared.resolve("shapes").relativize(each).toString().replace(".jpg", ".png"));
        BufferedImage image = ImageIO.read(each.toFile());
        BufferedImage other = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        other.createGraphics().drawImage(image, 32, 0, -32, 32, null);
        for (Path folder : List.of(plain, mirrored)) {
          Files.createDirectories(folder.resolve(png).getParent());
          ImageIO.write(folder == plain ? image : other, "png", folder.resolve(png).toFile());
        }
      }
    }
    EvaluationResult single = evaluate(1, plain, Views.SINGLE, OnBadImage.FAIL);
    EvaluationResult both = evaluate(1, plain, Views.FLIP, OnBadImage.FAIL);
    EvaluationResult turned = evaluate(2, mirrored, Views.FLIP, OnBadImage.FAIL);
    EvaluationResult crops = evaluate(2, plain, Views.TEN_CROP, OnBadImage.FAIL);
    assertEquals(both.metrics().get("top1"), turned.metrics().get("top1"));
    assertEquals(both.loss(), turned.loss(), 1e-6);
    assertEquals(both.loss(), crops.loss(), 1e-6);
    assertEquals(10 * PER_CLASS, crops.images());
    assertTrue(Math.abs(single.loss() - both.loss()) > 1e-4, "" + single.loss());
  }

  /** Jordan 2024, section 3.5: a quarter and an eighth of the six views. */
  @Test
  void shiftsMoveTheImageThatTheModelSees() {
    Preprocessing own = Preprocessing.named("resized-crop-flip", "imagenet", 3, 224, 224);
    List<Preprocessing> views = Views.SHIFTS.of(own);
    assertEquals(3, views.size());
    assertEquals(own, views.get(0));
    assertEquals(new Shift(1, 1), views.get(1).evaluation().get(2));
    assertEquals(new Shift(-1, -1), views.get(2).evaluation().get(2));
    assertEquals(List.of(2.0, 1.0, 1.0), Stream.of(0, 1, 2).map(Views.SHIFTS::weight).toList());
  }

  @Test
  void theCornersTakeThePlaceOfTheCentreCrop() {
    Preprocessing own = Preprocessing.named("resized-crop-flip", "imagenet", 3, 224, 224);
    List<Preprocessing> crops = Views.TEN_CROP.of(own);
    assertEquals(5, crops.size());
    assertEquals(own, crops.get(0));
    assertEquals(
        List.of(
            new Resize(256), new CornerCrop(new Size(224, 224), CornerCrop.Corner.BOTTOM_RIGHT)),
        crops.get(4).evaluation());
    Preprocessing without = new Preprocessing(3, 32, 32, List.of(), List.of(), own.normalisation());
    RequestException refusal =
        assertThrows(RequestException.class, () -> Views.TEN_CROP.of(without));
    assertTrue(refusal.toString().contains("ends with center-crop, got []"), refusal::toString);
  }

  @Test
  void outputsStandForTheMeanOfProbabilities() {
    MeanOutputs mean = new MeanOutputs(new Classification(), 1, 2);
    mean.begin();
    mean.add(new float[] {0, (float) Math.log(3)}, 1);
    mean.add(new float[] {(float) Math.log(4), 0}, 1);
    float[] outputs = new float[2];
    mean.end(outputs);
    // (1/4 + 4/5) / 2 and (3/4 + 1/5) / 2
    assertEquals(Math.log(0.525), outputs[0], 1e-6);
    assertEquals(Math.log(0.475), outputs[1], 1e-6);
    mean.begin();
    mean.add(new float[] {0, (float) Math.log(3)}, 2);
    mean.add(new float[] {(float) Math.log(4), 0}, 1);
    mean.end(outputs);
    assertEquals(Math.log((2 * 0.25 + 0.8) / 3), outputs[0], 1e-6);
    MultiLabel labels = new MultiLabel("labels.csv", 0.5);
    double output = labels.output(0.3);
    assertEquals(0.3, labels.probabilities(new float[] {(float) output}, 0, 1)[0], 1e-7);
    assertTrue(Double.isFinite(labels.output(1)) && Double.isFinite(labels.output(0)));
  }

  @Test
  void anImageThatDoesNotDecodeIsNamedAndSkippedOrFails() throws Exception {
    Path data = copy();
    Files.writeString(data.resolve("validation/ring/0003.jpg"), "this is text");
    EvaluationResult skipped = evaluate(2, data, OnBadImage.SKIP);
    assertEquals(10 * PER_CLASS - 1, skipped.images());
    assertEquals("ring/0003.jpg", skipped.badImages().get(0).name());
    assertTrue(
        skipped.badImages().get(0).reason().startsWith("no image: its 12 bytes begin with 74 68"),
        skipped.badImages()::toString);
    EvaluationFailedException failure =
        assertThrows(EvaluationFailedException.class, () -> evaluate(2, data, OnBadImage.FAIL));
    assertTrue(
        failure.toString().contains("ring/0003.jpg does not decode: no image: its 12 bytes"),
        failure::toString);
    assertEquals(1, failure.toString().lines().count(), failure::toString);
  }

  @Test
  void noReadableImageIsNoResult() throws Exception {
    Path data = copy();
    try (Stream<Path> images = Files.walk(data.resolve("validation"))) {
      for (Path image : (Iterable<Path>) images.filter(Files::isRegularFile)::iterator) {
        Files.writeString(image, "this is text");
      }
    }
    EvaluationFailedException failure =
        assertThrows(EvaluationFailedException.class, () -> evaluate(2, data, OnBadImage.SKIP));
    assertTrue(failure.toString().contains("none of the 70 images"), failure::toString);
  }

  @Test
  void otherClassesThanTheModelsAreRefused() throws Exception {
    Path data = copy();
    Files.move(data.resolve("validation/ring"), data.resolve("validation/torus"));
    DataSetException failure =
        assertThrows(DataSetException.class, () -> evaluate(1, data, OnBadImage.FAIL));
    assertTrue(failure.toString().contains("missing: ring"), failure::toString);
    assertTrue(failure.toString().contains("unknown: torus"), failure::toString);
  }

  @Test
  void foldersThatAreNoModelAndDamagedOnesAreToldApart() throws Exception {
    IllegalArgumentException none =
        assertThrows(
            IllegalArgumentException.class,
            () -> Predictor.open("file:" + folder, OPTIONS, new Configuration()));
    assertTrue(none.toString().contains("no saved model at file:" + folder), none::toString);
    Path model = folder.resolve("model");
    copy(shared.resolve("model"), model);
    for (String file :
        List.of("weights.safetensors", "labels.txt", "model.json", "manifest.json")) {
      byte[] sound = Files.readAllBytes(model.resolve(file));
      byte[] damaged = sound.clone();
      damaged[damaged.length / 2] ^= 1;
      Files.write(model.resolve(file), damaged);
      DamagedFileException failure =
          assertThrows(
              DamagedFileException.class,
              () -> Predictor.open("file:" + model, OPTIONS, new Configuration()));
      assertTrue(failure.toString().contains(file), failure::toString);
      Files.write(model.resolve(file), sound);
    }
    Predictor.open("file:" + model, OPTIONS, new Configuration()).close();
  }

  @Test
  void whatIsNoModelIsCalledByWhatItIs() throws Exception {
    Path run = folder.resolve("run");
    refused("got nothing", run);
    Files.createDirectories(run);
    refused("got an empty folder", run);
    Path checkpoint = Files.createDirectories(run.resolve("checkpoints/step-00000012"));
    refused("got the folder of a run that has not saved its model yet", run);
    refused("got a run's checkpoints", run.resolve("checkpoints"));
    Files.writeString(checkpoint.resolve("manifest.json"), "{}");
    Files.writeString(checkpoint.resolve("parameters.safetensors"), "");
    refused("got a checkpoint, from which a run goes on", checkpoint);
    copy(shared.resolve("model"), run.resolve("model"));
    refused("got a run's folder: the model is in " + run.resolve("model"), run);
    refused("got a file", run.resolve("model/labels.txt"));
    refused("which holds train, validation", shared.resolve("shapes"));
  }

  private static void refused(String reason, Path location) {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> Predictor.open("file:" + location, OPTIONS, new Configuration()));
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }

  private EvaluationResult evaluate(int executors, Path data, OnBadImage onBadImage)
      throws Exception {
    return evaluate(executors, data, Views.SINGLE, onBadImage);
  }

  private EvaluationResult evaluate(int executors, Path data, Views views, OnBadImage onBadImage)
      throws Exception {
    return evaluate(
        new EvaluationRequest(model(), "file:" + data, "validation", OPTIONS, views, onBadImage),
        executors);
  }

  private static EvaluationResult evaluate(EvaluationRequest request, int executors)
      throws Exception {
    SparkConf conf =
        new SparkConf()
            .setMaster("local[" + executors + "]")
            .setAppName("evaluation")
            .set("spark.driver.host", "localhost")
            .set("spark.driver.bindAddress", "127.0.0.1");
    try (JavaSparkContext spark = new JavaSparkContext(SparkSettings.prepare(conf))) {
      return new Evaluation(new SparkCluster(spark), request).run();
    }
  }

  private static String model() {
    return "file:" + shared.resolve("model");
  }

  private static String validation(Path data) {
    return "file:" + data.resolve("validation");
  }

  private Path copy() throws IOException {
    Path data = folder.resolve("shapes");
    copy(shared.resolve("shapes"), data);
    return data;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each)));
      }
    }
  }
}
