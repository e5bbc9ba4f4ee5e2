package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.evaluation.Evaluation;
import org.convoy.driver.evaluation.EvaluationRequest;
import org.convoy.driver.evaluation.EvaluationResult;
import org.convoy.driver.monitor.MachineRecord;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.StepTimes;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Machine;
import org.convoy.kernels.Precision;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole runs of a small network on 160 real files, the executors being threads of this process: the
 * weights' digest depends neither on how many there are nor on where a run was interrupted.
 */
final class TrainingSessionTest {
  private static final int CORES = 4;
  private static final String RECIPE =
      """
      name = small
      model { name = resnet20, input = [3, 16, 16] }
      batch { micro-batches = 4, micro-batch-size = 6 }
      epochs = 2
      data { train = train, validation = validation }
      image { train = [{pad-and-crop: {size: 16, padding: 2}}, horizontal-flip] }
      schedule { learning-rate = 0.05, warm-up-epochs = 1 }
      exchange { chunk-floats = 10000 }
      """;

  /** Of 160 images, 24 a step. */
  private static final int STEPS_PER_EPOCH = 6;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Path shared;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static JavaSparkContext spark;

  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  @BeforeAll
  static void drawAndStart() throws IOException {
    new ShapesGenerator(new ShapesSettings(16, 2, 16, 5)).write(shared.resolve("shapes"));
    SparkConf conf =
        new SparkConf()
            .setMaster("local[" + CORES + "]")
            .setAppName("training")
            .set("spark.driver.host", "localhost")
            .set("spark.driver.bindAddress", "127.0.0.1");
    spark = new JavaSparkContext(SparkSettings.prepare(conf, recipe(shared)));
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "lars", "lamb"})
  void oneTwoAndFourExecutorsEndWithTheSameBytes(String optimizer) throws Exception {
    List<String> digests = new ArrayList<>();
    for (int executors : new int[] {1, 2, 4}) {
      RunSummary run =
          train(executors, "run" + executors, false, "max-steps=4", "optimizer=" + optimizer);
      assertEquals(executors, run.executors());
      assertEquals(4, run.steps());
      digests.add(run.weightsSha256());
    }
    assertEquals(1, digests.stream().distinct().count(), digests::toString);
  }

  /** What dropout draws belongs to a micro-batch of the run, whoever computes it. */
  @Test
  void dropoutDropsTheSameForAnyNumberOfExecutors() throws Exception {
    String[] dropping = {"model.name=mobilenet_v3_small"};
    RunSummary one = train(1, "one", false, with(dropping, "max-steps=2"));
    train(3, "three", false, with(dropping, "max-steps=1"));
    RunSummary resumed = train(2, "three", true, with(dropping, "max-steps=2"));
    assertEquals(one.weightsSha256(), resumed.weightsSha256());
  }

  /** How samples are mixed belongs to a micro-batch of the run, whoever computes it. */
  @Test
  void samplesAreMixedAlikeForAnyNumberOfExecutors() throws Exception {
    String[] mixing = {"image.mix=[{mixup: {alpha: 0.2}}, cutmix]"};
    RunSummary one = train(1, "one", false, with(mixing, "max-steps=3"));
    train(3, "three", false, with(mixing, "max-steps=1"));
    RunSummary resumed = train(2, "three", true, with(mixing, "max-steps=3"));
    assertEquals(one.weightsSha256(), resumed.weightsSha256());
    RunSummary plain = train(2, "plain", false, "max-steps=3");
    assertNotEquals(one.weightsSha256(), plain.weightsSha256());
  }

  /** The first executor's choice is everybody's, and that of whoever goes on. */
  @Test
  void layoutsThatWereTimedAreTheSameForAnyNumberOfExecutors() throws Exception {
    String[] timed = {"layouts=timed"};
    RunSummary one = train(1, "one", false, with(timed, "max-steps=3"));
    train(4, "four", false, with(timed, "max-steps=2"));
    RunSummary resumed = train(2, "four", true, with(timed, "max-steps=3"));
    assertEquals(one.weightsSha256(), resumed.weightsSha256());
  }

  @Test
  void whatIsComputedAgainIsComputedAlike() throws Exception {
    RunSummary kept = train(2, "kept", false, "max-steps=3");
    RunSummary again = train(2, "again", false, "max-steps=3", "activation-checkpointing=blocks");
    assertEquals(kept.weightsSha256(), again.weightsSha256());
  }

  @Test
  void aRunThatGoesOnWithAnotherNumberOfExecutorsEndsWithTheSameBytes() throws Exception {
    String[] heavy = {"gradient-clip-norm=0.5", "weight-average.decay=0.9"};
    RunSummary whole = train(2, "whole", false, heavy);
    assertEquals(2 * STEPS_PER_EPOCH, whole.steps());

    // Stopped in the middle of an epoch, by three; then at its end, by one; then through, by two.
    train(3, "parts", false, with(heavy, "max-steps=4"));
    RunSummary epoch = train(1, "parts", true, with(heavy, "max-steps=" + STEPS_PER_EPOCH));
    assertEquals(STEPS_PER_EPOCH, epoch.steps());
    RunSummary rest = train(2, "parts", true, heavy);
    assertEquals(whole.weightsSha256(), rest.weightsSha256());
    assertEquals(whole.metric("top1"), rest.metric("top1"));

    RunSummary nothingLeft = train(4, "parts", true, heavy);
    assertEquals(whole.weightsSha256(), nothingLeft.weightsSha256());
    assertEquals(whole.metric("top1"), nothingLeft.metric("top1"));
    assertEquals(whole.trainLoss(), nothingLeft.trainLoss());
  }

  /** A group's copy, state and average are its own, so it does not matter who computes a group. */
  @Test
  void averagedParametersAreTheSameForAnyNumberOfExecutors() throws Exception {
    String[] averaging = {
      "exchange.combine={name=parameter-averaging,every-steps=3,average-optimizer-state=true}",
      "gradient-clip-norm=0.5",
      "weight-average.decay=0.9",
      "checkpoint.every-steps=4"
    };
    List<String> digests = new ArrayList<>();
    for (int executors = 1; executors <= 4; executors++) {
      String[] short5 = with(averaging, "max-steps=5");
      digests.add(train(executors, "run" + executors, false, short5).weightsSha256());
    }
    assertEquals(1, digests.stream().distinct().count(), digests::toString);

    // Stopped between two means by three executors, gone on with by one, then by two.
    train(3, "parts", false, with(averaging, "max-steps=4"));
    train(1, "parts", true, with(averaging, "max-steps=5"));
    RunSummary rest = train(2, "parts", true, averaging);
    RunSummary whole = train(4, "run4", true, averaging);
    assertEquals(2 * STEPS_PER_EPOCH, rest.steps());
    assertEquals(whole.weightsSha256(), rest.weightsSha256());
  }

  /** Two groups of two micro-batches each: at most two executors. */
  @Test
  void executorsTakeWholeGroups() throws Exception {
    String[] two = {
      "exchange.combine={name=parameter-averaging,every-steps=2}",
      "exchange.groups=2",
      "max-steps=3"
    };
    RunSummary one = train(1, "one", false, two);
    RunSummary both = train(2, "two", false, two);
    assertEquals(one.weightsSha256(), both.weightsSha256());
    refused("exchange.groups = 2", () -> train(3, "three", false, two));
  }

  /** The saved model knows by which loss it was trained, and is evaluated by it, unsmoothed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{name: cross-entropy, label-smoothing: 0.1}",
        "{name: binary-cross-entropy, label-smoothing: 0.1}",
        "{name: focal}"
      })
  void evaluationStatesTheLossThatValidationStated(String loss) throws Exception {
    RunSummary run = train(2, "run", false, "max-steps=2", "loss=" + loss);
    EvaluationRequest request =
        new EvaluationRequest(
            folder.resolve("run/model").toUri().toString(),
            shared.resolve("shapes").toUri().toString(),
            "validation",
            6,
            OnBadImage.FAIL);
    EvaluationResult result = new Evaluation(new SparkCluster(spark), request).run();
    double stated = run.metric("validation_loss");
    assertEquals(stated, result.loss(), 1e-5 * stated);
    assertEquals(run.metric("top1"), result.metrics().get("top1"));
    assertEquals("float32", run.precision());
  }

  @Test
  void theSummaryStatesWhatWasComputedWith() throws Exception {
    RunSummary run = train(2, "run", false, "max-steps=1", "precision=bfloat16");
    Precision here = Backends.get("onednn").effective(Precision.BFLOAT16);
    assertEquals(here.name().toLowerCase(Locale.ROOT), run.precision());
    assertTrue(run.sameProcessors());
    MachineRecord machine = run.machines().get(0);
    assertEquals(Machine.processorName(), machine.processor());
    assertEquals(Backends.get("onednn").machine().kernels(), machine.kernels());
  }

  /** The parts of a step's time make up what the epochs took, and each executor tells its own. */
  @Test
  void theSummarySaysWhereTheTimeWent() throws Exception {
    RunSummary run = train(2, "run", false, "max-steps=5", "checkpoint.every-steps=2");
    StepTimes times = run.millisecondsPerStep();
    assertTrue(times.compute() > 0 && times.exchange() > 0 && times.update() > 0, times::toString);
    assertTrue(times.data() > 0 && times.checkpoint() > 0, times::toString);
    assertTrue(5e-3 * times.total() < run.seconds(), times::toString);
    String events = Files.readString(folder.resolve("run/events.jsonl"));
    for (String executor : List.of("step-times", "milliseconds_per_step")) {
      assertTrue(events.contains(executor), events);
    }
  }

  @Test
  void checkpointsHaveTheSameBytesWhetherTrainingWaitsForThemOrNot() throws Exception {
    String[] often = {"checkpoint.every-steps=2", "checkpoint.keep=9", "checkpoint.best=true"};
    RunSummary waiting = train(2, "waiting", false, with(often, "checkpoint.in-background=false"));
    RunSummary goingOn = train(2, "going-on", false, with(often, "checkpoint.in-background=true"));
    assertEquals(waiting.weightsSha256(), goingOn.weightsSha256());
    Map<String, String> expected = tensorFiles(folder.resolve("waiting/checkpoints"));
    // Parameters and two files of state at steps 2, 4, 6, 8, 10, 12; the best epoch's from 6 on.
    assertEquals(3 * 6 + 4, expected.size());
    assertEquals(expected, tensorFiles(folder.resolve("going-on/checkpoints")));
  }

  /** The digests of all files of tensors, by their paths. */
  private static Map<String, String> tensorFiles(Path checkpoints) throws Exception {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> all = Files.walk(checkpoints)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        if (file.toString().endsWith(".safetensors")) {
          byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
          digests.put(checkpoints.relativize(file).toString(), HexFormat.of().formatHex(digest));
        }
      }
    }
    return digests;
  }

  @Test
  void aDamagedCheckpointIsPassedOver() throws Exception {
    RunSummary whole = train(2, "run", false, "checkpoint.every-steps=2", "max-steps=5");
    Path latest = folder.resolve("run/checkpoints/step-00000005/parameters.safetensors");
    byte[] bytes = Files.readAllBytes(latest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(latest, bytes);
    RunSummary again = train(2, "run", true, "checkpoint.every-steps=2", "max-steps=5");
    assertEquals(whole.weightsSha256(), again.weightsSha256());
  }

  @Test
  void anImageThatDoesNotDecodeIsNamedAndSkippedOrFails() throws Exception {
    Path data = copy();
    Files.writeString(data.resolve("train/ring/0003.jpg"), "this is text");
    Path cut = data.resolve("validation/star/0001.jpg");
    Files.write(cut, java.util.Arrays.copyOf(Files.readAllBytes(cut), 300));

    RunSummary skipped =
        train(data, 2, "skip", false, "data.on-bad-image=skip", "data.max-bad-share=0.05");
    assertEquals(2, skipped.badImages());
    assertEquals(
        List.of("ring/0003.jpg", "star/0001.jpg"),
        skipped.badImageNames().stream().map(name -> name.replaceAll(" .*", "")).sorted().toList());

    TrainingFailedException failure =
        assertThrows(
            TrainingFailedException.class,
            () -> train(data, 2, "fail", false, "checkpoint.every-steps=1"));
    assertTrue(
        failure.toString().matches(".*rank [01].*(ring/0003|star/0001).jpg.*"), failure::toString);
    assertFalse(Files.exists(folder.resolve("fail/model")));
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() throws Exception {
    train(1, "run", false, "max-steps=1", "validation.every-epochs=9");
    refused("holds a run of 1 steps already", () -> train(1, "run", false, "max-steps=1"));
    refused(
        "optimizer.momentum: 0.9 there, 0.8 here",
        () -> train(1, "run", true, "optimizer.momentum=0.8"));
    Path other = copy();
    // A copy in another place is the same data.
    assertEquals(1, train(other, 1, "run", true, "max-steps=1").steps());
    Path image = other.resolve("train/ring/0003.jpg");
    byte[] bytes = Files.readAllBytes(image);
    bytes[bytes.length - 3] ^= 1;
    Files.write(image, bytes);
    refused(
        "other images than are now at " + other, () -> train(other, 1, "run", true, "max-steps=1"));
    refused(
        "would be taken for a class",
        () -> train(other, 1, "shapes/train/out", false, "max-steps=1"));
    Files.delete(other.resolve("train/ring/0003.jpg"));
    refused("was made with other data", () -> train(other, 1, "run", true, "max-steps=1"));
    refused("expected 1 to 4", () -> train(5, "many", false, "max-steps=1"));
    refused(
        "expected at least one global batch of 400",
        () -> train(1, "large", false, "batch.micro-batch-size=100"));
  }

  /** The validation that is best decides which weights are saved, whoever goes on with the run. */
  @Test
  void theBestEpochsModelIsSavedHoweverTheRunGotThere() throws Exception {
    String[] five = {"epochs=5", "schedule={name=constant, learning-rate=0.2}"};
    RunSummary last = train(2, "last", false, five);
    List<Double> top1 = top1OfEpochs("last");
    int best = top1.indexOf(Collections.max(top1));
    assertTrue(best < 4, top1::toString);
    String[] upToBest = with(five, "max-steps=" + (best + 1) * STEPS_PER_EPOCH);
    RunSummary then = train(1, "then", false, upToBest);

    String[] keeping = with(five, "checkpoint.best=true");
    RunSummary whole = train(3, "whole", false, keeping);
    assertEquals(then.weightsSha256(), whole.weightsSha256());
    assertEquals(top1.get(best), whole.metric("top1"));
    assertEquals(last.trainLoss(), whole.trainLoss());

    train(1, "parts", false, with(keeping, "max-steps=" + (best + 1) * STEPS_PER_EPOCH));
    train(3, "parts", true, with(keeping, "max-steps=" + (4 * STEPS_PER_EPOCH + 1)));
    RunSummary rest = train(2, "parts", true, keeping);
    assertEquals(whole.weightsSha256(), rest.weightsSha256());
    assertEquals(whole.metric("top1"), rest.metric("top1"));
    RunSummary nothingLeft = train(1, "parts", true, keeping);
    assertEquals(whole.weightsSha256(), nothingLeft.weightsSha256());
    refused("weights of the best epoch", () -> train(1, "last", true, keeping));
  }

  @Test
  void aRunThatGetsNoBetterEndsEarlyForAnyNumberOfExecutors() throws Exception {
    String[] five = {
      "epochs=5", "schedule={name=constant, learning-rate=0.2}", "early-stopping.patience-epochs=1"
    };
    RunSummary one = train(1, "one", false, five);
    List<Double> top1 = top1OfEpochs("one");
    int end = top1.size() - 1;
    assertTrue(end < 4 && top1.get(end) <= top1.get(end - 1), top1::toString);
    for (int i = 1; i < end; i++) {
      assertTrue(top1.get(i) > top1.get(i - 1), top1::toString);
    }
    assertEquals(top1.size(), one.epochs());
    assertEquals((long) top1.size() * STEPS_PER_EPOCH, one.steps());
    assertEquals(one.weightsSha256(), train(3, "three", false, five).weightsSha256());
    RunSummary again = train(2, "one", true, five);
    assertEquals(one.steps(), again.steps());
    assertEquals(one.weightsSha256(), again.weightsSha256());
    String events = Files.readString(folder.resolve("one/events.jsonl"));
    assertTrue(events.contains("\"stopped-early\",\"epoch\":" + top1.size()), events);
    RunSummary patient = train(2, "one", true, with(five, "early-stopping.patience-epochs=0"));
    assertEquals(5 * STEPS_PER_EPOCH, patient.steps());
  }

  private List<Double> top1OfEpochs(String run) throws IOException {
    List<Double> all = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(run + "/events.jsonl"))) {
      JsonNode event = new ObjectMapper().readTree(line);
      if (event.path("event").asText().equals("epoch")) {
        all.add(event.path("top1").doubleValue());
      }
    }
    return all;
  }

  private interface Run {
    RunSummary run() throws Exception;
  }

  private static void refused(String reason, Run run) {
    IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, run::run);
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }

  private static String[] with(String[] overrides, String more) {
    return Stream.concat(Stream.of(overrides), Stream.of(more)).toArray(String[]::new);
  }

  private RunSummary train(int executors, String run, boolean resume, String... overrides)
      throws Exception {
    return train(shared.resolve("shapes"), executors, run, resume, overrides);
  }

  private RunSummary train(
      Path data, int executors, String run, boolean resume, String... overrides) throws Exception {
    TrainingRequest request =
        new TrainingRequest(folder.resolve(run).toUri().toString(), executors, resume);
    Terminal nowhere =
        new Terminal(
            new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8), false, 80);
    return new TrainingSession(new SparkCluster(spark), recipe(data, overrides), request, nowhere)
        .run();
  }

  private static Recipe recipe(Path data, String... overrides) {
    return new RecipeLoader().parse(RECIPE, "test", List.of(with(overrides, "data.uri=" + data)));
  }

  /** The data set, to be spoilt. */
  private Path copy() throws IOException {
    Path from = shared.resolve("shapes");
    Path to = folder.resolve("shapes");
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
    return to;
  }
}
