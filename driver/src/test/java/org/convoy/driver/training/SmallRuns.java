package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.data.FaultyFiles;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs of a small network on 160 real files, six steps an epoch, on threads of this process. All
 * tests of a class share one: {@code @RegisterExtension static final SmallRuns runs = new
 * SmallRuns();}.
 */
final class SmallRuns implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
  static final int STEPS_PER_EPOCH = 6;

  private static final String RECIPE =
      """
      name = small
      model { name = resnet20, input = [3, 16, 16] }
      batch { micro-batches = 4, micro-batch-size = 6 }
      epochs = 2
      data { train = train, validation = validation }
      image { train = [{pad-and-crop: {size: 16, padding: 2}}, horizontal-flip] }
      schedule { learning-rate = 0.05, warm-up-epochs = 1 }
      """;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private Path data;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private JavaSparkContext spark;

  /** Runs of a test class, to be registered with it. */
  SmallRuns() {}

  /**
   * @param folder that the data set is drawn into
   */
  SmallRuns(Path folder) throws IOException {
    open(folder);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    open(Files.createTempDirectory("convoy-small-runs"));
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    close();
    try (Stream<Path> all = Files.walk(folder())) {
      for (Path each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(each);
      }
    }
  }

  private void open(Path folder) throws IOException {
    this.data = folder.resolve("shapes");
    new ShapesGenerator(new ShapesSettings(16, 2, 16, 5)).write(data);
    SparkConf conf =
        new SparkConf()
            .setMaster("local[4]")
            .setAppName("training")
            .set("spark.executor.memoryOverhead", "4g")
            .set("spark.hadoop.fs.faulty.impl", FaultyFiles.class.getName())
            .set("spark.driver.host", "localhost")
            .set("spark.driver.bindAddress", "127.0.0.1");
    this.spark = new JavaSparkContext(SparkSettings.prepare(conf, recipe(data)));
  }

  /** The Spark that the runs are on. */
  SparkCluster cluster() {
    return new SparkCluster(spark);
  }

  /** The folder that holds the data set, for what all tests of a class use. */
  Path folder() {
    return Objects.requireNonNull(data.getParent());
  }

  /** The data set, not to be changed. */
  Path data() {
    return data;
  }

  /** A copy of the data set, to be spoilt. */
  Path copy(Path to) throws IOException {
    try (Stream<Path> all = Files.walk(data)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Files.copy(each, to.resolve(data.relativize(each).toString()));
      }
    }
    return to;
  }

  /** Trains on two executors. */
  RunSummary train(Path data, Path run, boolean resume, String... overrides) throws Exception {
    return train(2, data, run, resume, overrides);
  }

  /** Trains on so many executors, at most four. */
  RunSummary train(int executors, Path data, Path run, boolean resume, String... overrides)
      throws Exception {
    TrainingRequest request = new TrainingRequest(run.toUri().toString(), executors, resume);
    Terminal nowhere =
        new Terminal(
            new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8), false, 80);
    return new TrainingSession(cluster(), recipe(data, overrides), request, nowhere).run();
  }

  /** Trains on the data set, which stays as it is; the digest of the weights. */
  String weights(int executors, Path run, boolean resume, String... overrides) throws Exception {
    return train(executors, data, run, resume, overrides).weightsSha256();
  }

  /** Some overrides and more of them, of which later ones count. */
  static String[] with(String[] overrides, String... more) {
    return Stream.concat(Stream.of(overrides), Stream.of(more)).toArray(String[]::new);
  }

  /** What trains. */
  interface Run {
    RunSummary run() throws Exception;
  }

  /** Requires that a run is refused as a wrong request, with this text in the reason. */
  static void refused(String reason, Run run) {
    IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, run::run);
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }

  static Recipe recipe(Path data, String... overrides) {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("data.uri=" + data);
    return new RecipeLoader().parse(RECIPE, "test", all);
  }

  @Override
  public void close() {
    spark.stop();
  }
}
