package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.evaluation.NativeBudget;
import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Precision;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said beforehand of an executor's memory, against what a process takes that trains. */
final class NativeBudgetTest {
  private static final int EXECUTORS = 2;
  private static final int HEAP_MEGABYTES = 1024;
  private static final long MIB = 1L << 20;
  private static final long CHUNK = 4L * Chunks.DEFAULT_FLOATS;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @Test
  void aProcessThatTrainsTakesWhatWasSaid() throws Exception {
    assertTakesWhatIsSaid(recipe());
  }

  /** The table of docs/guide/clusters.md, for {@code -Dconvoy.memory.all=true}. */
  @ParameterizedTest
  @CsvSource({"resnet20, 32, 32", "resnet50, 224, 16", "efficientnet_b0, 224, 16"})
  void soDoLargeNetworks(String model, int size, int batch) throws Exception {
    assumeTrue(
        Boolean.getBoolean("convoy.memory.all"), "needs -Dconvoy.memory.all=true and minutes");
    String crop = "=[{resize: " + size + "}, {center-crop: " + size + "}]";
    assertTakesWhatIsSaid(
        recipe(
            "model.name=" + model,
            "model.input=[3, " + size + ", " + size + "]",
            "batch={micro-batches: 2, micro-batch-size: " + batch + "}",
            "max-steps=2",
            "image.train" + crop,
            "image.evaluation" + crop));
  }

  /** Trains on photographs of 12 megapixels among small images. */
  private void assertTakesWhatIsSaid(Recipe recipe) throws Exception {
    new ShapesGenerator(new ShapesSettings(8, 4, 64, 5)).write(folder.resolve("shapes"));
    for (ShapeKind kind : ShapeKind.values()) {
      Path photograph = folder.resolve("shapes/train").resolve(kind.label()).resolve("large.jpg");
      ImageIO.write(
          new BufferedImage(4000, 3000, BufferedImage.TYPE_3BYTE_BGR), "jpg", photograph.toFile());
    }
    SparkConf conf =
        ProcessCluster.settings(
            EXECUTORS, HEAP_MEGABYTES, "-Xms" + HEAP_MEGABYTES + "m -XX:+AlwaysPreTouch");
    List<Long> peaks;
    try (JavaSparkContext spark = new JavaSparkContext(SparkSettings.prepare(conf, recipe))) {
      Terminal nowhere =
          new Terminal(
              new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8),
              false,
              80);
      TrainingRequest request =
          new TrainingRequest(folder.resolve("run").toUri().toString(), EXECUTORS, false);
      new TrainingSession(new SparkCluster(spark), recipe, request, nowhere).run();
      peaks = ProcessCluster.executors().stream().map(NativeBudgetTest::peakBytes).toList();
    }
    assertEquals(EXECUTORS, peaks.size());
    NativeBudget said =
        TrainingBudget.of(
            spec(recipe),
            Backends.get("onednn"),
            EXECUTORS,
            new ExecutorSize(1, HEAP_MEGABYTES * MIB, 0, false));
    long heap = HEAP_MEGABYTES * MIB;
    System.out.println(
        recipe.model().name()
            + ": said "
            + said.bytes() / MIB
            + " MiB beside the heap, took "
            + peaks.stream().map(peak -> (peak - heap) / MIB).toList());
    List<String> texts = new ArrayList<>();
    for (long peak : peaks) {
      String text =
          "took "
              + (peak - heap) / MIB
              + " MiB beside the heap, said "
              + said.bytes() / MIB
              + ": "
              + said;
      assertTrue(peak <= heap + said.bytes(), text);
      texts.add(text);
    }
    // Rank 0 takes the most: it copies all parameters for a checkpoint.
    assertTrue(heap + said.bytes() <= 1.15 * Collections.max(peaks), texts::toString);
  }

  @Test
  void everyOwnerCounts() {
    long plain = bytes(1, "precision=bfloat16");
    long vector = 4 * Parameters.of(spec(recipe()).graph()).trainableLength();
    long half = vector / EXECUTORS;
    // One more state vector, shared out in whole chunks, and its copy for checkpoints.
    assertEquals(
        2 * half, bytes(1, "weight-average.decay=0.9", "precision=bfloat16") - plain, 2 * CHUNK);
    assertEquals(
        2 * half, bytes(1, "optimizer={name: adamw}", "precision=bfloat16") - plain, 2 * CHUNK);
    // The copy holds all parameters and the state of the optimizer.
    long waiting = bytes(1, "checkpoint.in-background=false", "precision=bfloat16");
    assertEquals(vector + half, plain - waiting, 2 * CHUNK);
    // A copy of all parameters for each further group of an executor.
    long averaged =
        bytes(
            1,
            "exchange.groups=4",
            "exchange.combine={name: parameter-averaging, every-steps: 2}",
            "precision=bfloat16");
    assertTrue(averaged > plain + vector, averaged + " against " + plain);
    assertTrue(bytes(1, "data.validation=", "precision=bfloat16") < plain);
    assertTrue(bytes(1, "data.read-ahead=9", "precision=bfloat16") > plain);
    assertTrue(bytes(8, "precision=bfloat16") > plain);
  }

  @Test
  void whatDoesNotFitIsRefusedWithTheSettingThatHelps() {
    NativeBudget budget =
        new NativeBudget(
            List.of(
                new NativeBudget.Part("plans", 700 * MIB),
                new NativeBudget.Part("optimizer", 100 * MIB - 1)));
    budget.check(new ExecutorSize(1, MIB, 800 * MIB, true));
    budget.check(new ExecutorSize(1, MIB, 10 * MIB, false));
    RequestException refusal =
        assertThrows(
            RequestException.class, () -> budget.check(new ExecutorSize(1, MIB, 799 * MIB, true)));
    assertEquals(
        "an executor needs 800 MiB beside its Java heap (plans 700 MiB, optimizer 100 MiB), and has"
            + " 799: add --conf spark.executor.memoryOverhead=800m",
        refusal.getMessage());
  }

  @Test
  void evaluationTakesLessThanTraining() {
    long evaluation =
        NativeBudget.evaluation(
                spec(recipe()).graph(),
                Backends.get("onednn"),
                Precision.FLOAT32,
                recipe().data().loading(16, 1),
                1,
                new ExecutorSize(1, HEAP_MEGABYTES * MIB, 0, false))
            .bytes();
    assertTrue(evaluation < bytes(1) && evaluation > 300 * MIB, "" + evaluation);
  }

  private long bytes(int cores, String... overrides) {
    return TrainingBudget.of(
            spec(recipe(overrides)),
            Backends.get("onednn"),
            EXECUTORS,
            new ExecutorSize(cores, HEAP_MEGABYTES * MIB, 0, false))
        .bytes();
  }

  /** The most memory of a process that was resident at once. */
  private static long peakBytes(ProcessHandle process) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
        if (line.startsWith("VmHWM:")) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    throw new IllegalStateException("no VmHWM");
  }

  private static RunSpec spec(Recipe recipe) {
    Graph graph = Models.get(recipe.model().name()).build(new Shape(recipe.model().input()), 10);
    return new RunSpec(
        recipe,
        graph.toJson(),
        List.of("ring"),
        100,
        1,
        1,
        "nowhere",
        -1,
        "fingerprint",
        new DataDigests("", ""),
        GivenModels.NONE,
        0);
  }

  private Recipe recipe(String... overrides) {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("data.uri=" + folder.resolve("shapes"));
    return new RecipeLoader()
        .parse(
            """
            model { name = resnet18, input = [3, 64, 64] }
            batch { micro-batches = 4, micro-batch-size = 16 }
            epochs = 1
            data { train = train, validation = validation }
            image { train = [{resize: 64}, {center-crop: 64}] }
            """,
            "test",
            all);
  }
}
