package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeException;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.data.ImageFile;
import org.convoy.driver.evaluation.Evaluation;
import org.convoy.driver.evaluation.EvaluationRequest;
import org.convoy.driver.evaluation.EvaluationResult;
import org.convoy.driver.evaluation.Predictor;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.shapes.PairsGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.inference.InferenceOptions;
import org.convoy.kernels.NativeMemory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of a small network on 80 images of two shapes each, and what comes of its model. */
final class MultiLabelTest {
  private static final String RECIPE =
      """
      name = pairs
      model { name = resnet20, input = [3, 16, 16] }
      batch { micro-batches = 4, micro-batch-size = 5 }
      epochs = 2
      task { name = multi-label, threshold = 0.3 }
      loss = binary-cross-entropy
      schedule { learning-rate = 0.05, warm-up-epochs = 1 }
      exchange { chunk-floats = 10000 }
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Path shared;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static JavaSparkContext spark;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeAll
  static void drawAndStart() throws IOException {
    NativeMemory.unlimited();
    new PairsGenerator(new ShapesSettings(8, 3, 16, 5)).write(shared.resolve("pairs"));
    SparkConf conf =
        new SparkConf()
            .setMaster("local[3]")
            .setAppName("labels")
            .set("spark.driver.host", "localhost")
            .set("spark.driver.bindAddress", "127.0.0.1");
    spark = new JavaSparkContext(SparkSettings.prepare(conf, recipe()));
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void threeExecutorsAreAsOneAndTheModelIsEvaluatedAsItWasValidated() throws Exception {
    RunSummary one = train(1, "one", false);
    RunSummary three = train(3, "three", false, "max-steps=5");
    three = train(2, "three", true);
    assertEquals(one.weightsSha256(), three.weightsSha256());
    double precision = one.metric("mean_average_precision");
    assertEquals(precision, three.metric("mean_average_precision"));
    assertTrue(precision > 0.1 && precision <= 1, "mean average precision " + precision);
    assertEquals(
        List.of("validation_loss", "mean_average_precision"), List.copyOf(one.metrics().keySet()));

    EvaluationResult result = evaluate();
    assertEquals(30, result.images());
    assertEquals(
        precision, result.metrics().getOrDefault("mean_average_precision", Double.NaN), 1e-9);
    String report = Files.readString(folder.resolve("one/report.html"));
    for (String text : List.of("Average precision", "Recall above 0.3", "Mean average precision")) {
      assertTrue(report.contains(text), text);
    }
    predictionsNameWhatIsAboveTheThreshold();
  }

  private void predictionsNameWhatIsAboveTheThreshold() throws Exception {
    List<Double> probabilities = new ArrayList<>();
    Configuration hadoop = new Configuration();
    String images = shared.resolve("pairs/validation/images").toUri().toString();
    try (Predictor predictor = Predictor.open(model(), InferenceOptions.of(7), hadoop)) {
      predictor.predict(
          ImageFile.list(images, hadoop),
          1,
          1,
          found -> found.top().forEach(each -> probabilities.add(each.probability())));
    }
    assertTrue(probabilities.stream().allMatch(each -> each > 0.3), probabilities::toString);
  }

  @Test
  void mixingAndKeepingTheBestGoWithSeveralLabels() throws Exception {
    String[] more = {"image.mix=[mixup]", "checkpoint.best=true", "max-steps=6"};
    RunSummary two = train(2, "two", false, more);
    assertEquals(two.weightsSha256(), train(3, "three", false, more).weightsSha256());
  }

  @Test
  void aLossOfOneClassIsRefusedAndSoIsAFileThatIsNotThere() {
    RecipeException loss = assertThrows(RecipeException.class, () -> recipe("loss=cross-entropy"));
    assertTrue(loss.toString().contains("expected binary-cross-entropy or focal"), loss::toString);
    Exception file =
        assertThrows(
            org.convoy.driver.data.DataSetException.class,
            () -> train(1, "none", false, "task.labels=others.csv"));
    assertTrue(file.toString().contains("train/others.csv"), file::toString);
  }

  private EvaluationResult evaluate() throws Exception {
    EvaluationRequest request =
        new EvaluationRequest(
            model(), shared.resolve("pairs").toUri().toString(), "validation", 4, OnBadImage.FAIL);
    return new Evaluation(new SparkCluster(spark), request).run();
  }

  private String model() {
    return folder.resolve("one/model").toUri().toString();
  }

  private RunSummary train(int executors, String run, boolean resume, String... overrides)
      throws Exception {
    TrainingRequest request =
        new TrainingRequest(folder.resolve(run).toUri().toString(), executors, resume);
    Terminal nowhere =
        new Terminal(
            new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8), false, 80);
    return new TrainingSession(new SparkCluster(spark), recipe(overrides), request, nowhere).run();
  }

  private static Recipe recipe(String... overrides) {
    List<String> all =
        Stream.concat(Stream.of(overrides), Stream.of("data.uri=" + shared.resolve("pairs")))
            .toList();
    return new RecipeLoader().parse(RECIPE, "test", all);
  }
}
