package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.config.RecipeException;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Training without labels, and a classifier on what it learned. */
final class ContrastiveTest {
  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private RunSummary learn(int executors, String run, boolean resume, String... more)
      throws Exception {
    Stream<String> task =
        Stream.of(
            "task={name: contrastive, hidden: 32, features: 16}",
            "loss=nt-xent",
            "data.validation=\"\"");
    String[] all = Stream.concat(task, Stream.of(more)).toArray(String[]::new);
    return runs.train(executors, runs.data(), folder.resolve(run), resume, all);
  }

  @Test
  void viewsDifferAndExecutorsDoNotMatter() throws Exception {
    RunSummary one = learn(1, "one", false, "epochs=4");
    // Random outputs find their other view among 11 with a loss of log 11.
    assertTrue(one.trainLoss() < Math.log(11) - 0.2, one::toString);
    // Equal views would give far less: 0.5 is what remains of nearly equal ones.
    assertTrue(one.trainLoss() > 0.5, one::toString);
    assertEquals(one.weightsSha256(), learn(4, "four", false, "epochs=4").weightsSha256());
    learn(2, "resumed", false, "epochs=4", "max-steps=9", "checkpoint.every-steps=9");
    assertEquals(one.weightsSha256(), learn(1, "resumed", true, "epochs=4").weightsSha256());
  }

  @Test
  void aClassifierStartsWithoutTheHeadAndTheBodyStays() throws Exception {
    learn(1, "features", false, "epochs=1");
    Path saved = folder.resolve("features/model");
    SavedModel features = ModelFolder.load(saved.toString(), new Configuration(false));
    assertEquals(Shape.of(16), features.graph().outputShape());
    assertEquals("feature-15", features.labels().get(15));
    Parameters layout = Parameters.of(features.graph());
    assertEquals(Shape.of(16, 32), layout.get("projection.fc.weight").shape());
    runs.train(
        1,
        runs.data(),
        folder.resolve("classifier"),
        false,
        "epochs=1",
        "model.start=" + saved,
        "parameters=[{match: \"fc.*\"}, {match: \"*\", frozen: true}]");
    SavedModel classifier =
        ModelFolder.load(folder.resolve("classifier/model").toString(), new Configuration(false));
    Parameters own = Parameters.of(classifier.graph());
    assertFalse(own.contains("projection.fc.weight"));
    for (Parameter each : own.all()) {
      if (!each.name().startsWith("fc.")) {
        INDArray before = layout.view(features.weights(), layout.get(each.name()));
        assertEquals(before, own.view(classifier.weights(), each), each.name());
      }
    }
    features.weights().close();
    classifier.weights().close();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    for (List<String> wrong :
        List.of(
            List.of("loss=cross-entropy", "loss.name: expected nt-xent"),
            List.of("data.validation=validation", "data.validation: expected \"\""),
            List.of("image.mix=[{mixup: 0.2}]", "image.mix: expected []"),
            List.of("task.hidden=0", "task.hidden: expected at least 1"))) {
      RecipeException refusal =
          assertThrows(RecipeException.class, () -> learn(1, "refused", false, wrong.get(0)));
      assertTrue(refusal.toString().contains(wrong.get(1)), refusal::toString);
    }
  }
}
