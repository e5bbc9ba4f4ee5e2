package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.convoy.driver.config.RecipeException;
import org.convoy.driver.monitor.RunSummary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Training on an image and two changed copies of it. */
final class ConsistencyRunTest {
  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private RunSummary learn(int executors, String run, boolean resume, String... more)
      throws Exception {
    Stream<String> compared = Stream.of("loss=consistency", "image.views=[aug-mix]", "epochs=2");
    String[] all = Stream.concat(compared, Stream.of(more)).toArray(String[]::new);
    return runs.train(executors, runs.data(), folder.resolve(run), resume, all);
  }

  @Test
  void executorsAndResumesDoNotMatter() throws Exception {
    RunSummary one = learn(1, "one", false);
    assertEquals(one.weightsSha256(), learn(4, "four", false).weightsSha256());
    learn(2, "resumed", false, "max-steps=5", "checkpoint.every-steps=5");
    assertEquals(one.weightsSha256(), learn(1, "resumed", true).weightsSha256());
    // The first view is the plain image, so without the divergence the moments of norms alone
    // differ.
    RunSummary unweighted = learn(1, "unweighted", false, "loss={name: consistency, weight: 0}");
    assertNotEquals(one.weightsSha256(), unweighted.weightsSha256());
    assertTrue(one.trainLoss() > unweighted.trainLoss(), () -> one + " " + unweighted);
  }

  @Test
  void theLossAndTheViewsGoTogether() {
    for (List<String> wrong :
        List.of(
            List.of("image.views=[]", "image.views: expected the transforms"),
            List.of("loss=cross-entropy", "image.views: expected [] for the loss cross-entropy"),
            List.of("image.views=[{center-crop: 8}]", "image.views: expected transforms that give"),
            List.of("image.mix=[mixup]", "image.mix: expected [] for the loss consistency"),
            List.of(
                "loss={name: consistency, weight: -1}", "loss.weight: expected zero or more"))) {
      RecipeException refusal =
          assertThrows(RecipeException.class, () -> learn(1, "refused", false, wrong.get(0)));
      assertTrue(refusal.toString().contains(wrong.get(1)), refusal::toString);
    }
  }
}
