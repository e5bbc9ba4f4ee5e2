package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.convoy.driver.monitor.RunSummary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole runs with each combination end with the same weights for any number of executors, also when
 * others continue them.
 */
final class CombinationRunsTest {

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name=bfloat16-sum",
        "name=post-local-sgd, after-steps=1, every-steps=2, average-optimizer-state=true",
        "name=slow-momentum, every-steps=3",
        "name=diloco, every-steps=2",
        "name=power-sgd, rank=2",
        "name=threshold, density=0.1",
        "name=top-k, density=0.05, momentum=0.9, warm-up-steps=3, clip-norm=1"
      })
  void theNumberOfExecutorsIsNotPartOfTheResult(String combination) throws Exception {
    String[] settings = {
      "exchange.combine={" + combination + "}",
      "exchange.chunk-floats=10000",
      "weight-average.decay=0.9",
      "gradient-clip-norm=0.5",
      "data.validation="
    };
    String whole = train(1, "whole", false, 4, settings).weightsSha256();
    train(3, "parts", false, 2, settings);
    assertEquals(whole, train(2, "parts", true, 4, settings).weightsSha256());

    String[] short16 = with(settings, "precision=bfloat16");
    String one = train(1, "one", false, 2, short16).weightsSha256();
    assertEquals(one, train(4, "four", false, 2, short16).weightsSha256());
  }

  /** Otherwise the other test would compare a combination with itself. */
  @Test
  void combinationsDiffer() throws Exception {
    String exact = train(2, "exact", false, 2).weightsSha256();
    String rounded = train(2, "rounded", false, 2, "exchange.combine=bfloat16-sum").weightsSha256();
    assertNotEquals(exact, rounded);
  }

  private RunSummary train(int executors, String run, boolean resume, int steps, String... settings)
      throws Exception {
    String[] all = with(settings, "max-steps=" + steps);
    return runs.train(executors, runs.data(), folder.resolve(run), resume, all);
  }

  private static String[] with(String[] settings, String another) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add(another);
    return all.toArray(String[]::new);
  }
}
