package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.immutable.Map$;

/**
 * Runs whose executors are processes of their own, of which some are killed: each run goes on from
 * its last checkpoint and ends with the same weights as one that nobody disturbed.
 */
final class LostExecutorsTest {
  private static final int EXECUTORS = 2;
  private static final String RECIPE =
      """
      name = small
      model { name = resnet20, input = [3, 16, 16] }
      batch { micro-batches = 4, micro-batch-size = 6 }
      epochs = 2
      data { train = train, validation = validation, read-ahead = 1 }
      schedule { learning-rate = 0.05 }
      exchange { chunk-floats = 10000, timeout-seconds = 60 }
      checkpoint { every-steps = 2, keep = 9, in-background = false }
      """;

  /** Of 160 images, 24 a step. */
  private static final int STEPS = 12;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Path shared;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static JavaSparkContext spark;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static String undisturbed;

  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  @BeforeAll
  static void startTwoProcessesAndRunUndisturbed() throws Exception {
    // What Spark asks of its home when it starts executors on this machine.
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    Files.createDirectories(traps());
    new ShapesGenerator(new ShapesSettings(16, 4, 16, 5)).write(shared.resolve("shapes"));
    SparkConf conf =
        new SparkConf()
            .setMaster("local-cluster[" + EXECUTORS + ",1,512]")
            .setAppName("lost executors")
            .set("spark.driver.host", "localhost")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.executor.memory", "512m")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .set(
                "spark.executor.extraJavaOptions",
                "-XX:TieredStopAtLevel=1 -Dlog4j2.configurationFile="
                    + System.getProperty("log4j2.configurationFile"))
            .set("spark.decommission.enabled", "true")
            .set("spark.executorEnv.SPARK_SCALA_VERSION", ProcessCluster.scala())
            .set("spark.executorEnv.OMP_NUM_THREADS", "1")
            .set("spark.hadoop.fs.fatal.impl", FatalFiles.class.getName())
            .set("spark.hadoop." + FatalFiles.TRAPS, traps().toString());
    spark = new JavaSparkContext(SparkSettings.prepare(conf, recipe()));
    undisturbed = train(shared.resolve("undisturbed")).weightsSha256();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @BeforeEach
  void clearTraps() throws IOException {
    try (Stream<Path> all = Files.list(traps())) {
      for (Path each : all.toList()) {
        Files.delete(each);
      }
    }
  }

  @Test
  void killedInValidation() throws Exception {
    FatalFiles.set(traps(), "validation", trap("KILL", ".*/validation/.*", 4));
    assertRecovers("validation", 4);
  }

  @Test
  void killedInACheckpoint() throws Exception {
    FatalFiles.set(traps(), "checkpoint", trap("KILL", ".*/\\.step-00000008.*/state-.*", 6));
    assertRecovers("checkpoint", 6);
  }

  /** Nothing of the checkpoint that was being written while training went on counts. */
  @Test
  void killedWhileACheckpointIsWrittenInTheBackground() throws Exception {
    String[] inBackground = {"checkpoint.in-background=true"};
    FatalFiles.set(traps(), "checkpoint", trap("KILL", ".*/\\.step-00000008.*/state-.*", 6));
    RunSummary run = train(folder.resolve("run"), inBackground);
    assertEquals(List.of("checkpoint"), FatalFiles.sprung(traps()));
    JsonNode restart = events(folder.resolve("run"), "restarted").get(0);
    assertEquals(6, restart.path("from_step").intValue());
    assertEquals(undisturbed, run.weightsSha256());
  }

  @Test
  void killedInAnEpochAndTheReplacementToo() throws Exception {
    FatalFiles.set(traps(), "first", trap("KILL", ".*/train/.*", 8));
    FatalFiles.set(
        traps(), "second", new FatalFiles.Trap("KILL", ".*/step-00000008/parameters.*", "", true));
    assertRecovers("first", 8, "second", 8);
  }

  /** What groups of micro-batches keep for themselves outlives the executor that computed them. */
  @Test
  void killedBetweenTwoMeansOfParameters() throws Exception {
    String[] averaging = {"exchange.combine={name=parameter-averaging,every-steps=3}"};
    String whole = train(shared.resolve("averaged"), averaging).weightsSha256();
    FatalFiles.set(traps(), "epoch", trap("KILL", ".*/train/.*", 4));
    RunSummary run = train(folder.resolve("run"), averaging);
    assertEquals(List.of("epoch"), FatalFiles.sprung(traps()));
    JsonNode restart = events(folder.resolve("run"), "restarted").get(0);
    assertEquals(4, restart.path("from_step").intValue());
    assertEquals(whole, run.weightsSha256());
  }

  /**
   * Both executors are killed while they write a checkpoint, and then the one that commits another.
   */
  @Test
  void killedTogetherAndInACommitWithWhatGroupsKeep() throws Exception {
    String[] topK = {"exchange.combine={name=top-k, density=0.05, momentum=0.9, warm-up-steps=4}"};
    String whole = train(shared.resolve("top-k"), topK).weightsSha256();
    String writing = ".*/\\.step-00000006.*/state-%d-of-.*";
    FatalFiles.set(traps(), "first", trap("KILL", writing.replace("%d", "0"), 4));
    FatalFiles.set(traps(), "second", trap("KILL", writing.replace("%d", "1"), 4));
    FatalFiles.set(traps(), "commit", trap("KILL", ".*/\\.step-00000010.*/manifest.*", 8));
    RunSummary run = train(folder.resolve("run"), topK);
    assertEquals(Set.of("first", "second", "commit"), Set.copyOf(FatalFiles.sprung(traps())));
    List<Integer> from =
        events(folder.resolve("run"), "restarted").stream()
            .map(event -> event.path("from_step").intValue())
            .distinct()
            .toList();
    assertEquals(List.of(4, 8), from);
    assertEquals(whole, run.weightsSha256());
  }

  /**
   * Nothing ends its connections: the others notice that it delivers nothing. On a busy machine
   * Spark may still count on the stopped process when the next attempt begins, which then ends too.
   * So there may be another restart, but the result is the same.
   */
  @Test
  void stoppedInAnEpoch() throws Exception {
    FatalFiles.set(traps(), "stop", trap("STOP", ".*/train/.*", 2));
    RunSummary run = train(folder.resolve("run"), "exchange.timeout-seconds=10");
    assertEquals(List.of("stop"), FatalFiles.sprung(traps()));
    List<JsonNode> restarts = events(folder.resolve("run"), "restarted");
    assertEquals(2, restarts.get(0).path("from_step").intValue());
    assertEquals(restarts.size(), run.restarts());
    assertEquals(undisturbed, run.weightsSha256());
    assertEquals(STEPS, run.steps());
  }

  /** As a cluster ends an executor that it wants back: with a signal, and time to obey. */
  @Test
  void toldToEndInAnEpoch() throws Exception {
    assertGoesOnWithTheOther("TERM");
  }

  /** As Spark's decommissioning announces the end of a node. */
  @Test
  void decommissionedInAnEpoch() throws Exception {
    assertGoesOnWithTheOther("PWR");
  }

  private void assertGoesOnWithTheOther(String signal) throws Exception {
    FatalFiles.set(traps(), "end", trap(signal, ".*/train/.*", 2));
    RunSummary run = train(folder.resolve("run"), "checkpoint.in-background=true");
    assertEquals(List.of("end"), FatalFiles.sprung(traps()));
    JsonNode resized = events(folder.resolve("run"), "resized").get(0);
    assertEquals(1, resized.path("executors").intValue());
    // No step was lost: the first attempt saved where it stopped.
    List<Integer> saved =
        events(folder.resolve("run"), "checkpoint").stream()
            .map(event -> event.path("step").intValue())
            .toList();
    assertTrue(saved.contains(resized.path("from_step").intValue()), saved::toString);
    assertEquals(0, run.restarts());
    assertEquals(undisturbed, run.weightsSha256());
    assertEquals(STEPS, run.steps());
  }

  @Test
  void anExecutorThatComesLateIsTakenInAtTheNextCheckpoint() throws Exception {
    SparkCluster cluster = new SparkCluster(spark);
    spark.sc().killExecutor(spark.sc().getExecutorIds().head());
    awaitExecutors(cluster, 1);
    OutputStream out =
        new OutputStream() {
          private final ByteArrayOutputStream line = new ByteArrayOutputStream();

          @Override
          public void write(int value) {
            line.write(value);
            if (line.toString(StandardCharsets.UTF_8)
                .endsWith("on 1 executor of the 2 asked for")) {
              line.reset();
              spark.sc().requestTotalExecutors(EXECUTORS, 0, Map$.MODULE$.empty());
              awaitExecutors(cluster, EXECUTORS);
            }
          }
        };
    Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), false, 80);
    TrainingRequest request = new TrainingRequest(uri(folder.resolve("run")), EXECUTORS, false);
    RunSummary run =
        new TrainingSession(cluster, recipe("executors.wait-seconds=0"), request, terminal).run();
    List<JsonNode> resized = events(folder.resolve("run"), "resized");
    assertEquals(1, resized.size());
    assertEquals(EXECUTORS, resized.get(0).path("executors").intValue());
    // The checkpoint of step 2 showed that there are two; the step after it was the last of one.
    assertEquals(3, resized.get(0).path("from_step").intValue());
    assertEquals(undisturbed, run.weightsSha256());
    assertEquals(EXECUTORS, run.executors());
    assertEquals(0, run.restarts());
  }

  /** It is named, and gets one of the four micro-batches. The weights are the same. */
  @Test
  void aSlowExecutorIsGivenLessToDo() throws Exception {
    awaitExecutors(new SparkCluster(spark), EXECUTORS);
    String slow = spark.sc().getExecutorIds().head();
    FatalFiles.slow(traps(), slow);
    RunSummary run = train(folder.resolve("run"), "executors.balance=measured");
    JsonNode dealt = events(folder.resolve("run"), "dealt").get(0);
    assertTrue(Set.of("[1,3]", "[3,1]").contains(dealt.path("groups").toString()), dealt::toString);
    JsonNode straggler = events(folder.resolve("run"), "straggler").get(0);
    assertEquals(slow, straggler.path("executor").asText());
    assertEquals(undisturbed, run.weightsSha256());
    assertEquals(STEPS, run.steps());
    assertEquals(0, run.restarts());
  }

  private static void awaitExecutors(SparkCluster cluster, int count) {
    try {
      for (long end = System.nanoTime() + 120_000_000_000L; cluster.alive() != count; ) {
        assertTrue(System.nanoTime() < end, "executors: " + cluster.alive());
        Thread.sleep(50);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Trains, and checks that the traps and no others have killed, and from where the run went on.
   */
  private void assertRecovers(Object... trapsAndSteps) throws Exception {
    List<Object> expected = new ArrayList<>(List.of(trapsAndSteps));
    RunSummary run = train(folder.resolve("run"));
    List<String> names = FatalFiles.sprung(traps());
    List<Object> seen = new ArrayList<>();
    List<JsonNode> restarts = events(folder.resolve("run"), "restarted");
    for (int i = 0; i < restarts.size(); i++) {
      seen.add(names.get(i));
      seen.add(restarts.get(i).path("from_step").intValue());
    }
    assertEquals(expected, seen);
    assertEquals(undisturbed, run.weightsSha256());
    assertEquals(names.size(), run.restarts());
    assertEquals(STEPS, run.steps());
  }

  /** A trap that is open once the checkpoint of a step is in place. */
  private FatalFiles.Trap trap(String signal, String path, int step) {
    return new FatalFiles.Trap(
        signal, path, folder.resolve("run/checkpoints/step-0000000" + step).toString(), false);
  }

  private static List<JsonNode> events(Path run, String kind) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("events.jsonl"))) {
      JsonNode event = new ObjectMapper().readTree(line);
      if (event.path("event").asText().equals(kind)) {
        found.add(event);
      }
    }
    return found;
  }

  private static RunSummary train(Path output, String... overrides) throws Exception {
    TrainingRequest request = new TrainingRequest(uri(output), EXECUTORS, false);
    Terminal nowhere =
        new Terminal(
            new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8), false, 80);
    return new TrainingSession(new SparkCluster(spark), recipe(overrides), request, nowhere).run();
  }

  private static Recipe recipe(String... overrides) {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("data.uri=" + uri(shared.resolve("shapes")));
    return new RecipeLoader().parse(RECIPE, "test", all);
  }

  private static String uri(Path path) {
    return FatalFiles.SCHEME + "://" + path;
  }

  private static Path traps() {
    return shared.resolve("traps");
  }
}
