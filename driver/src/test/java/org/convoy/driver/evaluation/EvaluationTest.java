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
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.driver.config.Views;
import org.convoy.driver.data.DataSetException;
import org.convoy.driver.data.ImageFile;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.inference.InferenceOptions;
import org.convoy.kernels.Backends;
import org.convoy.kernels.NativeMemory;
import org.convoy.kernels.Precision;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    SmallModel.save(shared);
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
                SmallModel.labels()
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
