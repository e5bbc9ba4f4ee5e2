package org.convoy.driver.training;

import static org.convoy.driver.training.SmallRuns.refused;
import static org.convoy.driver.training.SmallRuns.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.convoy.driver.monitor.RunSummary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Which epoch's weights are saved, and when a run ends that gets no better. */
final class BestEpochTest {
  private static final String[] MANY_CHUNKS = {"exchange.chunk-floats=10000"};

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  /** The validation that is best decides which weights are saved, whoever goes on with the run. */
  @Test
  void theBestEpochsModelIsSavedHoweverTheRunGotThere() throws Exception {
    String[] five = {"epochs=5", "schedule={name=constant, learning-rate=0.2}"};
    RunSummary last = train(2, "last", false, five);
    List<Double> top1 = top1OfEpochs("last");
    int best = top1.indexOf(Collections.max(top1));
    assertTrue(best < 4, top1::toString);
    String[] upToBest = with(five, "max-steps=" + (best + 1) * SmallRuns.STEPS_PER_EPOCH);
    RunSummary then = train(1, "then", false, upToBest);

    String[] keeping = with(five, "checkpoint.best=true");
    RunSummary whole = train(3, "whole", false, keeping);
    assertEquals(then.weightsSha256(), whole.weightsSha256());
    assertEquals(top1.get(best), whole.metric("top1"));
    assertEquals(last.trainLoss(), whole.trainLoss());

    train(1, "parts", false, with(keeping, "max-steps=" + (best + 1) * SmallRuns.STEPS_PER_EPOCH));
    train(3, "parts", true, with(keeping, "max-steps=" + (4 * SmallRuns.STEPS_PER_EPOCH + 1)));
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
    assertEquals((long) top1.size() * SmallRuns.STEPS_PER_EPOCH, one.steps());
    assertEquals(one.weightsSha256(), train(3, "three", false, five).weightsSha256());
    RunSummary again = train(2, "one", true, five);
    assertEquals(one.steps(), again.steps());
    assertEquals(one.weightsSha256(), again.weightsSha256());
    String events = Files.readString(folder.resolve("one/events.jsonl"));
    assertTrue(events.contains("\"stopped-early\",\"epoch\":" + top1.size()), events);
    RunSummary patient = train(2, "one", true, with(five, "early-stopping.patience-epochs=0"));
    assertEquals(5 * SmallRuns.STEPS_PER_EPOCH, patient.steps());
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

  private RunSummary train(int executors, String run, boolean resume, String... overrides)
      throws Exception {
    return runs.train(
        executors, runs.data(), folder.resolve(run), resume, with(MANY_CHUNKS, overrides));
  }
}
