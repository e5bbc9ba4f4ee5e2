package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Collections;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code batch.micro-batch-size = auto}. */
final class AutoBatchTest {
  private static final Backend ONEDNN = Backends.get("onednn");
  private static final long MIB = 1L << 20;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  @Test
  void theGreatestPowerOfTwoThatFitsIsTaken() {
    long sixteen = bytes(spec(10_000, 16));
    assertEquals(16, decided(10_000, sixteen));
    assertEquals(8, decided(10_000, sixteen - 1));
    assertEquals(32, decided(10_000, bytes(spec(10_000, 32))));
  }

  @Test
  void thereIsAlwaysOneGlobalBatch() {
    assertEquals(8, decided(4 * 15, 8192 * MIB));
  }

  @Test
  void tooLittleMemoryForOneImageIsRefusedWithTheSetting() {
    RequestException refusal =
        assertThrows(RequestException.class, () -> decided(10_000, 100 * MIB));
    assertTrue(refusal.toString().contains("of 100: set spark.executor.memoryOverhead"));
  }

  @Test
  void aNumberInTheRecipeStays() {
    RunSpec stated = spec(10_000, 6);
    assertEquals(stated, AutoBatch.decide(stated, ONEDNN, 1, size(0)));
  }

  @Test
  void aRunStatesTheNumberAndGoesOnWithIt() throws Exception {
    try (SmallRuns runs = new SmallRuns(folder)) {
      Path run = folder.resolve("auto");
      String auto = "batch.micro-batch-size=auto";
      runs.train(1, runs.data(), run, false, auto, "max-steps=1");
      String resumed = runs.train(2, runs.data(), run, true, auto, "max-steps=2").weightsSha256();
      String stated =
          runs.train(
                  2,
                  runs.data(),
                  folder.resolve("stated"),
                  false,
                  "batch.micro-batch-size=32",
                  "max-steps=2")
              .weightsSha256();
      assertEquals(stated, resumed);
    }
  }

  private int decided(int images, long bytes) {
    return AutoBatch.decide(spec(images, 0), ONEDNN, 1, size(bytes)).microBatchSize();
  }

  private static long bytes(RunSpec spec) {
    return TrainingBudget.of(spec, ONEDNN, 1, size(0)).bytes();
  }

  private static ExecutorSize size(long overhead) {
    return new ExecutorSize(1, 1024 * MIB, overhead, false);
  }

  private RunSpec spec(int images, int microBatchSize) {
    Recipe recipe =
        SmallRuns.recipe(
            folder, "batch.micro-batch-size=" + (microBatchSize == 0 ? "auto" : microBatchSize));
    return new RunSpec(
        recipe,
        TrainedNetwork.of(recipe, 10).toJson(),
        Collections.nCopies(10, ""),
        images,
        1,
        1,
        "nowhere",
        -1,
        "",
        new DataDigests("", ""),
        GivenModels.NONE,
        0);
  }
}
