package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.convoy.driver.checkpoint.Checkpoint;
import org.convoy.driver.checkpoint.Checkpoints;
import org.convoy.driver.checkpoint.StateKey;
import org.convoy.driver.checkpoint.StoreLocation;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.wire.Ranks;
import org.convoy.driver.monitor.RunHistory;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.kernels.Choices;
import org.convoy.models.Models;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Checkpoints that are written while training goes on, on a disk that the test makes wait. */
final class SavingTest {
  private static final StateKey KEY = new StateKey("momentum", 0);
  private static final Graph GRAPH =
      Models.get("resnet20").build(new Shape(List.of(3, 16, 16)), 10);
  private static final Parameters LAYOUT = Parameters.of(GRAPH);

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @AfterEach
  void openTheGate() {
    GatedFiles.open();
  }

  @Test
  void aCheckpointHoldsTheStateAtItsBeginningWhateverTrainingDoesMeanwhile() throws Exception {
    Ranks.run(
        1,
        exchange -> {
          List<Long> saved = new ArrayList<>();
          try (Run run = new Run(exchange, true, saved)) {
            GatedFiles.shut();
            run.begin(1, 5);
            run.fill(6);
            assertFalse(run.saving.written());
            assertTrue(run.latest().isEmpty());
            GatedFiles.open();
            run.awaitCommit();
            assertEquals(List.of(1L), saved);
            run.assertLatest(1, 5);
            // The memory of the first copy is used again.
            run.begin(2, 7);
            run.fill(8);
            run.saving.finish();
            run.assertLatest(2, 7);
            assertEquals(List.of(1L, 2L), saved);
          }
          return 0;
        });
  }

  @Test
  void withoutBackgroundTheStepWaitsForTheDisk() throws Exception {
    Ranks.run(
        1,
        exchange -> {
          List<Long> saved = new ArrayList<>();
          try (Run run = new Run(exchange, false, saved)) {
            run.begin(1, 5);
            assertEquals(List.of(1L), saved);
            run.assertLatest(1, 5);
          }
          return 0;
        });
  }

  /** Rank 1 is slow: nobody commits before it has written. */
  @Test
  void allHaveToWriteBeforeOneCommits() throws Exception {
    CountDownLatch mayWrite = new CountDownLatch(1);
    Ranks.run(
        2,
        exchange -> {
          try (Run run = new Run(exchange, true, new ArrayList<>())) {
            boolean slow = exchange.rank() == 1;
            if (slow) {
              mayWrite.await();
            }
            run.begin(1, 5);
            if (!slow) {
              run.saving.awaitWritten();
              assertTrue(run.saving.written());
              assertTrue(run.latest().isEmpty());
              mayWrite.countDown();
            }
            run.saving.finish();
            run.assertLatest(1, 5);
          }
          return 0;
        });
  }

  @Test
  void whatCannotBeWrittenFailsAtALaterStepByNameAndTheLastSoundOneStays() throws Exception {
    Ranks.run(
        1,
        exchange -> {
          try (Run run = new Run(exchange, true, new ArrayList<>())) {
            run.begin(1, 5);
            run.saving.finish();
            GatedFiles.shut();
            run.begin(2, 6);
            GatedFiles.breakDown();
            IOException failure = assertThrows(IOException.class, run::awaitCommit);
            assertTrue(
                failure.toString().contains("checkpoints/.step-00000002.tmp/parameters"),
                failure::toString);
            run.assertLatest(1, 5);
          }
          return 0;
        });
  }

  @Test
  void numbersThatAreNotFiniteFailTheRun() throws Exception {
    Ranks.run(
        1,
        exchange -> {
          try (Run run = new Run(exchange, true, new ArrayList<>())) {
            run.begin(7, Float.NaN);
            DivergedException failure = assertThrows(DivergedException.class, run.saving::finish);
            assertTrue(failure.toString().contains("step 7"), failure::toString);
            assertTrue(run.latest().isEmpty());
          }
          return 0;
        });
  }

  /** As when another executor is lost meanwhile. */
  @Test
  void oneThatIsGivenUpInTheMiddleLeavesTheLastSoundOne() throws Exception {
    Ranks.run(
        1,
        exchange -> {
          Run run = new Run(exchange, true, new ArrayList<>());
          try (run) {
            run.begin(1, 5);
            run.saving.finish();
            GatedFiles.shut();
            run.begin(2, 6);
          }
          run.assertLatest(1, 5);
          return 0;
        });
  }

  /** One executor's state, each number of which is the same. */
  private final class Run implements AutoCloseable {
    final Saving saving;
    private final Exchange exchange;
    private final StateFiles files;
    private final INDArray parameters = Nd4j.create(DataType.FLOAT, LAYOUT.length());
    private final INDArray momentum = Nd4j.create(DataType.FLOAT, 100);

    Run(Exchange exchange, boolean inBackground, List<Long> saved) throws IOException {
      this.exchange = exchange;
      this.files = new StateFiles(spec(), GatedFiles.configuration());
      this.saving = new Saving(files, exchange, inBackground, saved::add);
    }

    void fill(float value) {
      parameters.assign(value);
      momentum.assign(value);
    }

    void begin(long step, float value) throws Exception {
      fill(value);
      boolean first = exchange.rank() == 0;
      saving.begin(
          new RunState(
              step,
              first ? Optional.of(parameters) : Optional.empty(),
              Optional.empty(),
              first ? Map.of(KEY, momentum) : Map.of()),
          files.position(step, exchange.size(), Choices.NONE, new EpochMeter(), new RunHistory()));
    }

    /** As the steps of training do, which go on. */
    void awaitCommit() throws Exception {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!saving.written()) {
        assertTrue(System.nanoTime() < end, "not written within 30 s");
        Thread.sleep(1);
      }
      saving.commit();
      while (latest().isEmpty()) {
        assertTrue(System.nanoTime() < end, "not committed within 30 s");
        Thread.sleep(1);
      }
      saving.finish();
    }

    Optional<Checkpoint> latest() throws IOException {
      return new Checkpoints(
              StoreLocation.of(spec().output(), GatedFiles.configuration()).open(), 9)
          .latest();
    }

    void assertLatest(long step, float value) throws IOException {
      Checkpoint latest = latest().orElseThrow();
      assertEquals(step, latest.run().step());
      try (INDArray parametersRead = Nd4j.create(DataType.FLOAT, LAYOUT.length());
          INDArray momentumRead = Nd4j.create(DataType.FLOAT, 100)) {
        latest.readParameters(LAYOUT, parametersRead);
        latest.readState(Map.of(KEY, momentumRead));
        assertEquals(value, parametersRead.minNumber().floatValue());
        assertEquals(value, parametersRead.maxNumber().floatValue());
        assertEquals(value, momentumRead.minNumber().floatValue());
        assertEquals(value, momentumRead.maxNumber().floatValue());
      }
    }

    @Override
    public void close() {
      saving.close();
      parameters.close();
      momentum.close();
    }
  }

  private RunSpec spec() {
    Recipe recipe =
        new RecipeLoader()
            .parse(
                "data { uri = nowhere, train = train }\nmodel { name = resnet20, input = [3, 16, 16] }",
                "test",
                List.of());
    return new RunSpec(
        recipe,
        GRAPH.toJson(),
        Collections.nCopies(10, "class"),
        recipe.batch().globalSize(),
        1,
        1,
        GatedFiles.uri(folder.resolve("run")),
        -1,
        "fingerprint",
        DataDigests.of(),
        GivenModels.NONE,
        0);
  }
}
