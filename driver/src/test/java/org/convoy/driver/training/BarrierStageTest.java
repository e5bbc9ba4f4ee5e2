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
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.data.DataSet;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleIndexer;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.Shared;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.graph.Shape;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.models.Models;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One attempt at a run, on three executors that are threads of this process. */
final class BarrierStageTest {
  private static final int EXECUTORS = 3;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Path shared;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static JavaSparkContext spark;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static SparkCluster cluster;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Shared<SampleIndex> index;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeAll
  static void drawAndIndex() throws IOException {
    new ShapesGenerator(new ShapesSettings(16, 1, 16, 5)).write(shared.resolve("shapes"));
    SparkConf conf =
        new SparkConf()
            .setMaster("local[" + EXECUTORS + "]")
            .setAppName("stage")
            .set("spark.driver.host", "localhost")
            .set("spark.driver.bindAddress", "127.0.0.1");
    spark = new JavaSparkContext(SparkSettings.prepare(conf, recipe()));
    cluster = new SparkCluster(spark);
    DataSet data =
        DataSet.at(shared.resolve("shapes").toUri().toString(), spark.hadoopConfiguration());
    index = cluster.share(SampleIndexer.on(cluster.scanJobs()).index(data.split("train")));
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void executorsReturnWhatTheyDidByRank() throws Exception {
    List<ExecutorResult> results = run("run");
    assertEquals(List.of(0, 1, 2), results.stream().map(ExecutorResult::rank).toList());
    assertEquals(
        List.of(1, 0, 0), results.stream().map(result -> result.outcome().length).toList());
    assertTrue(results.stream().allMatch(result -> result.bytesSent() > 0));

    // Six steps of four micro-batches of six images; the last executor computes two of the four.
    assertEquals(List.of(36L, 36L, 72L), results.stream().map(ExecutorResult::images).toList());
    assertTrue(results.stream().allMatch(result -> result.imagesPerSecond() > 0));
  }

  @Test
  void whatFailsOnAnExecutorFailsTheRunInItsWordsAndLeavesNothingBehind() throws Exception {
    Path image = shared.resolve("shapes/train/ring/0003.jpg");
    byte[] bytes = Files.readAllBytes(image);
    Files.delete(image);
    try {
      TrainingFailedException failure =
          assertThrows(TrainingFailedException.class, () -> run("failed"));
      assertTrue(
          failure.toString().matches(".*executor driver on .* \\(rank [012]\\).*0003.jpg.*"),
          failure::toString);
    } finally {
      Files.write(image, bytes);
    }
    // Its end of the link is free again, and no task still holds a core.
    assertEquals(EXECUTORS, run("again").size());
  }

  private List<ExecutorResult> run(String name) throws Exception {
    String output = folder.resolve(name).toUri().toString();
    RunSpec spec =
        new RunSpec(
            recipe(),
            Models.get("resnet20").build(new Shape(List.of(3, 16, 16)), 10).toJson(),
            index.value().classes(),
            index.value().count(),
            4,
            4,
            output,
            -1,
            index.value().fingerprint(),
            new DataDigests("", ""),
            GivenModels.NONE,
            0);
    Terminal nowhere =
        new Terminal(
            new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8), false, 80);
    try (EventFile events = new EventFile(output, new Configuration())) {
      Ledger ledger = new Ledger(nowhere, spec, events);
      return new BarrierStage(cluster, spec, index, List.of(), ledger)
          .run(EXECUTORS, EXECUTORS)
          .orElseThrow();
    }
  }

  private static Recipe recipe() {
    return new RecipeLoader()
        .parse(
            """
            model { name = resnet20, input = [3, 16, 16] }
            batch { micro-batches = 4, micro-batch-size = 6 }
            epochs = 1
            data { train = train, validation = "" }
            """,
            "test",
            List.of("data.uri=" + shared.resolve("shapes")));
  }
}
