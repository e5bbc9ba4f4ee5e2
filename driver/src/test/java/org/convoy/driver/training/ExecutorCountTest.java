package org.convoy.driver.training;

import static org.convoy.driver.training.SmallRuns.refused;
import static org.convoy.driver.training.SmallRuns.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import org.convoy.driver.monitor.RunSummary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The weights' digest does not depend on the number of executors, or on where it changed. */
final class ExecutorCountTest {
  private static final String[] MANY_CHUNKS = {"exchange.chunk-floats=10000", "data.validation="};

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  /** Two or four share chunks evenly, three do not. */
  @ParameterizedTest
  @CsvSource({"sgd, 4", "lars, 3", "lamb, 2"})
  void oneAndManyExecutorsEndWithTheSameBytes(String optimizer, int many) throws Exception {
    String[] three = {"max-steps=3", "optimizer=" + optimizer};
    RunSummary one = train(1, "one", false, three);
    RunSummary all = train(many, "all", false, three);
    assertEquals(many, all.executors());
    assertEquals(3, all.steps());
    assertEquals(one.weightsSha256(), all.weightsSha256());
  }

  /** What dropout draws belongs to a micro-batch of the run, whoever computes it. */
  @Test
  void dropoutDropsTheSameForAnyNumberOfExecutors() throws Exception {
    String[] dropping = {"model.name=nin"};
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
  void aRunThatGoesOnWithAnotherNumberOfExecutorsEndsWithTheSameBytes() throws Exception {
    String[] heavy = {
      "gradient-clip-norm=0.5", "weight-average.decay=0.9", "data.validation=validation"
    };
    RunSummary whole = train(2, "whole", false, heavy);
    assertEquals(2 * SmallRuns.STEPS_PER_EPOCH, whole.steps());

    // Stopped in the middle of an epoch, by three; then at its end, by one; then through, by two.
    train(3, "parts", false, with(heavy, "max-steps=4"));
    RunSummary epoch =
        train(1, "parts", true, with(heavy, "max-steps=" + SmallRuns.STEPS_PER_EPOCH));
    assertEquals(SmallRuns.STEPS_PER_EPOCH, epoch.steps());
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
    String[] short5 = with(averaging, "max-steps=5");
    RunSummary one = train(1, "one", false, short5);
    RunSummary four = train(4, "four", false, short5);
    assertEquals(one.weightsSha256(), four.weightsSha256());

    // Stopped between two means by three executors, gone on with by one, then by two.
    train(3, "parts", false, with(averaging, "max-steps=4"));
    RunSummary part = train(1, "parts", true, short5);
    assertEquals(one.weightsSha256(), part.weightsSha256());
    RunSummary rest = train(2, "parts", true, averaging);
    RunSummary whole = train(4, "four", true, averaging);
    assertEquals(2 * SmallRuns.STEPS_PER_EPOCH, rest.steps());
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

  private RunSummary train(int executors, String run, boolean resume, String... overrides)
      throws Exception {
    return runs.train(
        executors, runs.data(), folder.resolve(run), resume, with(MANY_CHUNKS, overrides));
  }
}
