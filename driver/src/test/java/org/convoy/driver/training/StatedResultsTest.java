package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.convoy.driver.evaluation.Evaluation;
import org.convoy.driver.evaluation.EvaluationRequest;
import org.convoy.driver.evaluation.EvaluationResult;
import org.convoy.driver.monitor.MachineRecord;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.StepTimes;
import org.convoy.image.loader.OnBadImage;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Machine;
import org.convoy.kernels.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run states of its result, and what evaluation then states of the saved model. */
final class StatedResultsTest {
  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

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
            runs.data().toUri().toString(),
            "validation",
            6,
            OnBadImage.FAIL);
    EvaluationResult result = new Evaluation(runs.cluster(), request).run();
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

  private RunSummary train(int executors, String run, boolean resume, String... overrides)
      throws Exception {
    return runs.train(executors, runs.data(), folder.resolve(run), resume, overrides);
  }
}
