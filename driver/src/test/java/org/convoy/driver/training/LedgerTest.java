package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.monitor.EventLog;
import org.convoy.driver.monitor.MachineRecord;
import org.convoy.driver.monitor.StepTimes;
import org.convoy.driver.monitor.Terminal;
import org.convoy.graph.Shape;
import org.convoy.image.loader.BadImage;
import org.convoy.kernels.Machine;
import org.convoy.models.Models;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the driver makes of what executors and Spark tell it, in whatever order that comes. */
final class LedgerTest {
  private static final Message.Failed OWN = failed(0, "disk is full", "", false);
  private static final Message.Failed LOST = failed(1, "executor 0 on a went away", "0", false);
  private static final Message.Failed UNREACHED = failed(1, "cannot connect to a:7000", "", true);

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private EventFile events;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Ledger ledger;

  @BeforeEach
  void begin() throws IOException {
    events = new EventFile(folder.toUri().toString(), new Configuration(false));
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    ledger = new Ledger(new Terminal(out, false, 80), spec(), events);
    ledger.begin(spec(), 2, 3);
    ledger.accept(new Message.Ready(1, "7", "node-b", 4, 1 << 20, machine("avx512-bf16")));
  }

  @AfterEach
  void end() throws IOException {
    events.close();
  }

  @Test
  void anExecutorsOwnFailureIsTheCauseWheneverItComes() throws Exception {
    ledger.accept(LOST);
    assertTrue(ledger.firstCause().isEmpty());
    ledger.accept(OWN);
    assertEquals(OWN, ledger.firstCause().orElseThrow());
    assertTrue(ledger.awaitCause(60_000));
  }

  @Test
  void whoeverCannotConnectIsTheCauseUnlessAnExecutorIsGone() {
    ledger.accept(UNREACHED);
    assertEquals(UNREACHED, ledger.firstCause().orElseThrow());
    ledger.lost("0", "killed");
    assertTrue(ledger.firstCause().isEmpty());
    assertTrue(ledger.peersLost());
  }

  @Test
  void theCauseWaitsForSparkAndNotForEver() throws Exception {
    ledger.accept(LOST);
    assertFalse(ledger.awaitCause(20));
    CompletableFuture<Void> spark =
        CompletableFuture.runAsync(
            () -> ledger.lost("0", "Command exited with code 137"),
            CompletableFuture.delayedExecutor(50, java.util.concurrent.TimeUnit.MILLISECONDS));
    assertTrue(ledger.awaitCause(60_000));
    spark.join();
  }

  @Test
  void whomOthersGiveUpIsNamedForSpark() {
    ledger.accept(LOST);
    assertEquals(Set.of("0"), ledger.givenUp());
    assertTrue(ledger.peersLost());
    assertEquals("executor 0 on a went away", ledger.lastLoss());
  }

  @Test
  void aLossIsToldWithHostAndRankAndOneLineOfTheReason() {
    ledger.lost("7", "Command exited with code 137\nand a stack");
    assertEquals(
        "executor 7 on node-b, rank 1 was lost: Command exited with code 137", ledger.lastLoss());
    assertTrue(printed().contains(ledger.lastLoss()), this::printed);
  }

  @Test
  void aLossIsToldOnce() {
    ledger.lost("7", "killed");
    ledger.lost("7", "killed");
    assertEquals(2, printed().split("executor 7 on node-b", -1).length, this::printed);
  }

  @Test
  void anAttemptKnowsNothingOfTheOneBefore() throws Exception {
    ledger.accept(OWN);
    ledger.lost("6", "killed");
    ledger.restarted(40);
    ledger.begin(spec().from(40, 1), 1, 3);
    assertTrue(ledger.firstCause().isEmpty());
    assertTrue(ledger.givenUp().isEmpty());
    assertFalse(ledger.peersLost());
    assertEquals(1, ledger.restarts());
    ledger.lost("7", "killed");
    assertEquals("executor 7 was lost: killed", ledger.lastLoss());
  }

  @Test
  void aSlowExecutorIsNamedOnceAtACheckpoint() throws Exception {
    ledger.accept(new Message.Ready(0, "3", "node-a", 4, 1 << 20, machine("avx512-bf16")));
    for (int step = 10; step <= 30; step += 10) {
      ledger.accept(new Message.Timed(0, "3", step, 10, 2, new StepTimes(0, 100, 300, 0, 0, 300)));
      ledger.accept(new Message.Timed(1, "7", step, 10, 2, new StepTimes(0, 400, 0, 0, 0, 0)));
      ledger.accept(new Message.Saved(step));
    }
    String named =
        "executor 7 on node-b takes 4.0 times as long as the others for the same work; they wait 75% of each step";
    assertEquals(2, printed().split(named, -1).length, this::printed);
    events.close();
    String written = Files.readString(folder.resolve("events.jsonl"));
    assertTrue(written.contains("\"event\":\"straggler\",\"executor\":\"7\""), written);
  }

  @Test
  void theUserReadsHowAttemptsBegin() {
    ledger.restarted(0);
    ledger.restarted(40);
    ledger.begin(spec().from(40, 2), 1, 3);
    assertEquals(
        List.of(
            "training resnet20 on 2 executors of the 3 asked for, from the beginning",
            "restart 1 (at most 3 within an hour), from the beginning",
            "restart 2 (at most 3 within an hour), from the checkpoint of step 40",
            "training resnet20 on 1 executor of the 3 asked for, from the checkpoint of step 40"),
        printed().lines().toList());
  }

  @Test
  void machinesThatDifferAreToldByHostOnceAllExecutorsAreThere() {
    assertEquals(1, ledger.machines().size());
    ledger.accept(new Message.Ready(0, "6", "node-a", 4, 1 << 20, machine("none")));
    List<String> lines = printed().lines().skip(1).toList();
    assertEquals(3, lines.size(), lines::toString);
    assertEquals(
        "  node-b: EPYC, AVX-512, kernels for avx512-bf16, 4 threads, oneDNN 3.11.0", lines.get(1));
    assertEquals(
        "  node-a: EPYC, AVX-512, none of Convoy's own kernels, which makes it slow, 4 threads,"
            + " oneDNN 3.11.0",
        lines.get(2));
    assertEquals(
        List.of(List.of("node-b"), List.of("node-a")),
        ledger.machines().stream().map(MachineRecord::hosts).toList());

    // A replacement of the other kind is no news.
    ledger.begin(spec().from(0, 1), 1, 3);
    ledger.accept(new Message.Ready(0, "8", "node-c", 4, 1 << 20, machine("none")));
    assertEquals(1, printed().lines().filter(line -> line.contains("different")).count());
    assertEquals(List.of("node-a", "node-c"), ledger.machines().get(1).hosts());
  }

  @Test
  void aProcessorWithoutThePrecisionIsTold() {
    ledger.accept(new Message.LacksPrecision("7", "node-b", "bfloat16", "float32"));
    assertTrue(
        printed()
            .contains(
                "the processor of executor 7 on node-b has no instructions for bfloat16: all"
                    + " compute in float32, and plans may take up to twice the planned memory"),
        this::printed);
  }

  @Test
  void aLibraryWithoutTheChosenKernelsIsTold() {
    ledger.accept(
        new Message.LacksKernels(
            "7", "node-b", "cuDNN 9.9", 3, "conv1 forward", "engine 4", "own"));
    assertTrue(
        printed()
            .contains(
                "cuDNN 9.9 of executor 7 on node-b lacks what the run has chosen for 3 kernels, and"
                    + " takes others: conv1 forward computes by own, not by engine 4"),
        this::printed);
  }

  @Test
  void whatNvjpegLeftToTheHostIsTold() {
    ledger.accept(new Message.JpegsDecoded("7", "node-b", "12.4", 1234, 5));
    assertTrue(
        printed()
            .contains(
                "nvJPEG 12.4 of executor 7 on node-b decoded 1,234 JPEGs, and left 5 to the host's"
                    + " decoder"),
        this::printed);
  }

  @Test
  void machinesThatAreEqualAreNotTold() {
    ledger.accept(new Message.Ready(0, "6", "node-a", 4, 1 << 20, machine("avx512-bf16")));
    assertEquals(1, printed().lines().count(), this::printed);
    assertEquals(List.of("node-a", "node-b"), ledger.machines().get(0).hosts());
  }

  private static Machine machine(String kernels) {
    return new Machine("EPYC", "AVX-512", kernels, 4, "oneDNN 3.11.0");
  }

  @Test
  void eachBadImageIsToldOnce() {
    BadImage first = new BadImage(1, "ring/1.jpg", "the file is empty");
    BadImage second = new BadImage(2, "star/2.jpg", "a JPEG of two frames");
    ledger.accept(new Message.BadImages(0, List.of(first, second)));
    ledger.accept(new Message.BadImages(1, List.of(second)));
    assertEquals(List.of("ring/1.jpg", "star/2.jpg"), ledger.badImages());
    assertEquals(2, printed().lines().filter(line -> line.contains("skipped")).count());
    assertTrue(
        printed()
            .contains("skipped an image that does not decode: star/2.jpg: a JPEG of two frames"),
        printed());
  }

  @Test
  void whatHappensIsInTheEventFile() throws Exception {
    ledger.accept(new Message.Progressed(5, 0, 2.5, 0.1, 480, 2_000_000_000L));
    ledger.accept(new Message.EpochDone(0, 6, 2.25, 0.1, 3.0, 576, true, Map.of("top1", 0.25)));
    ledger.accept(new Message.Saved(6));
    ledger.lost("7", "killed");
    ledger.restarted(6);
    ledger.begin(spec().from(6, 1), 2, 2);
    List<String> kinds = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(EventLog.FILE_NAME))) {
      kinds.add(new ObjectMapper().readTree(line).path("event").asText());
    }
    assertEquals(
        List.of("run-started", "step", "epoch", "checkpoint", "executor-lost", "restarted"), kinds);
    // Steps and epochs count from one for the user; 480 images in 2 seconds.
    assertTrue(printed().contains("epoch 1/3  step 5/6  240 images/s  loss 2.5"), this::printed);
    assertTrue(printed().contains("epoch 1/3 done"), this::printed);
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static Message.Failed failed(
      int rank, String message, String lostExecutor, boolean connecting) {
    return new Message.Failed(rank, Integer.toString(rank), "a", message, lostExecutor, connecting);
  }

  private static RunSpec spec() {
    return new RunSpec(
        new RecipeLoader()
            .parse(
                """
                model { name = resnet20 }
                batch { micro-batches = 4, micro-batch-size = 8 }
                epochs = 3
                data.uri = nowhere
                """,
                "test",
                List.of()),
        Models.get("resnet20").build(new Shape(List.of(3, 32, 32)), 2).toJson(),
        List.of("ring", "star"),
        64,
        1,
        1,
        "nowhere",
        -1,
        "fingerprint",
        new DataDigests("", ""),
        GivenModels.NONE,
        0);
  }
}
