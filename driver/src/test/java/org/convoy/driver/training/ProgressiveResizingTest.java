package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.driver.evaluation.Weights;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.kernels.Backends;
import org.convoy.kernels.PlanRequest;
import org.convoy.models.Models;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs whose images are smaller at first: one set of weights, a plan for each resolution. */
final class ProgressiveResizingTest {
  private static final String[] GROWING = {
    "image.train=[{resize: 16}, {pad-and-crop: {size: 16, padding: 2}}, horizontal-flip]",
    "image.progressive=[{from-epoch: 0, size: 12}, {from-epoch: 1, size: 16}]",
    "max-steps=" + (SmallRuns.STEPS_PER_EPOCH + 2)
  };

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private String train(int executors, String run, boolean resume, String... overrides)
      throws Exception {
    return runs.weights(executors, folder.resolve(run), resume, overrides);
  }

  private static String[] with(String... more) {
    return Stream.concat(Stream.of(GROWING), Stream.of(more)).toArray(String[]::new);
  }

  /** Interrupted before the size changes and after it. */
  @Test
  void theSameBytesOnAnyNumberOfExecutorsAndWhereverItWasInterrupted() throws Exception {
    String one = train(1, "one", false, GROWING);
    train(4, "four", false, with("max-steps=3"));
    train(2, "four", true, with("max-steps=" + (SmallRuns.STEPS_PER_EPOCH + 1)));
    assertEquals(one, train(4, "four", true, GROWING));
    assertNotEquals(one, train(2, "own", false, with("image.progressive=[]")));
    assertEquals(
        Shape.of(3, 16, 16),
        ModelFolder.load(folder.resolve("four/model").toString(), new Configuration())
            .graph()
            .inputShape());
  }

  /** Touvron et al. 2019: training on smaller images than evaluation. */
  @Test
  void theLastSizeMayBeAnotherThanTheNetworksOwn() throws Exception {
    String small =
        train(2, "small", false, "max-steps=2", "image.progressive=[{from-epoch: 0, size: 12}]");
    assertNotEquals(small, train(2, "whole", false, "max-steps=2"));
    assertEquals(
        Shape.of(3, 16, 16),
        ModelFolder.load(folder.resolve("small/model").toString(), new Configuration())
            .graph()
            .inputShape());
  }

  @Test
  void sizesThatCannotBeAreRefused() {
    refused("expected rising from-epoch", "image.progressive=[{from-epoch: 1, size: 16}]");
    refused(
        "less than the run's 2 epochs",
        "image.progressive=[{from-epoch: 0, size: 12}, {from-epoch: 2, size: 16}]");
    refused(
        "expected a transform in image.train that crops to a size, got [horizontal-flip]",
        "image.progressive=[{from-epoch: 0, size: 16}]",
        "image.train=[horizontal-flip]");
    refused(
        "alexnet at input 3x32x32",
        "model.name=alexnet",
        "model.input=[3, 224, 224]",
        "image.train=[{random-resized-crop: 224}]",
        "image.progressive=[{from-epoch: 0, size: 32}, {from-epoch: 1, size: 224}]");
  }

  private void refused(String reason, String... overrides) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> train(1, "refused", false, overrides));
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }

  /** What one plan was told, all know: a step of the one is seen by the others. */
  @Test
  void plansOverOneSetOfWeightsComputeWithTheSameNumbers() {
    Graph graph = Models.get("resnet20").build(Shape.of(3, 16, 16), 10);
    INDArray drawn = Parameters.of(graph).initialize(3, DataType.FLOAT);
    try (Weights weights = new Weights(Backends.get("onednn"), graph, drawn)) {
      var own = weights.plan(PlanRequest.inference(2));
      var small = weights.plan(Shape.of(3, 8, 8), PlanRequest.inference(2));
      assertEquals(own.memory().totalBytes() + small.memory().totalBytes(), weights.planBytes());
      List.of(own, small).forEach(plan -> plan.bind(drawn, drawn));
      own.input().assign(0.5);
      small.input().assign(0.5);
      own.forward(0);
      small.forward(0);
      INDArray before = small.output().dup();
      weights.layout().view(drawn, weights.layout().get("fc.bias")).addi(1);
      weights.changed();
      own.forward(0);
      small.forward(0);
      assertEquals(before.add(1), small.output().dup());
      weights.release(small);
      assertEquals(own.memory().totalBytes(), weights.planBytes());
    }
  }
}
