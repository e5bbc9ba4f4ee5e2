package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Targets;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Every backend descends as the CPU does: the losses of some steps of gradient descent follow each
 * other. The system property {@code convoy.descent} sets another number of steps, for a GPU.
 */
class DescentTest {
  private static final int STEPS = Integer.getInteger("convoy.descent", 3);
  private static final int BATCH = 8;
  private static final int CLASSES = 4;
  private static final double RATE = 0.02;

  /** Of a loss near 1, over the first steps: later on roundings grow. */
  private static final double TOLERANCE = 2e-3;

  private static final int COMPARED = 10;

  @TestFactory
  Stream<DynamicTest> lossesFollowTheCpus() {
    Graph graph = Models.get("resnet20").build(Shape.of(3, 16, 16), CLASSES);
    double[] expected = losses(Backends.get("onednn"), graph);
    return TestedBackends.all().stream()
        .filter(backend -> !backend.name().equals("nd4j"))
        .map(
            backend ->
                DynamicTest.dynamicTest(
                    backend.name(), () -> check(expected, losses(backend, graph))));
  }

  private static void check(double[] expected, double[] actual) {
    System.out.printf(Locale.ROOT, "losses %s%n", Arrays.toString(actual));
    for (int i = 0; i < Math.min(COMPARED, STEPS); i++) {
      assertEquals(expected[i], actual[i], TOLERANCE, "loss of step " + i);
    }
    int last = STEPS - 1;
    assertTrue(actual[last] < actual[0], "the loss went down");
    assertEquals(expected[last], actual[last], 0.1 * expected[0], "the last loss");
  }

  private static double[] losses(Backend backend, Graph graph) {
    double[] losses = new double[STEPS];
    try (Plan plan = backend.compile(graph, PlanRequest.training(BATCH))) {
      Parameters layout = plan.layout();
      INDArray parameters = layout.initialize(1, DataType.FLOAT);
      INDArray gradients = Nd4j.zeros(DataType.FLOAT, layout.length());
      INDArray slope = Nd4j.zeros(DataType.FLOAT, plan.graph().outputShape().batched(BATCH));
      plan.bind(parameters, gradients);
      for (int step = 0; step < STEPS; step++) {
        plan.input().assign(images(step % 4));
        plan.forward(step);
        int[] labels = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
          labels[i] = i % CLASSES;
        }
        float[] weights = new float[BATCH];
        Arrays.fill(weights, 1);
        losses[step] =
            new CrossEntropy(0).evaluate(plan.output(), Targets.classes(labels), weights, slope);
        plan.backward(slope, GradientListener.NONE);
        for (long i = 0; i < layout.trainableLength(); i++) {
          parameters.putScalar(
              i, (float) (parameters.getDouble(i) - RATE * gradients.getDouble(i) / BATCH));
        }
        plan.parametersChanged();
      }
    }
    return losses;
  }

  /** Noise about a colour that tells the class. */
  private static INDArray images(int number) {
    Draws draws = new Draws(number, "images");
    INDArray images = Nd4j.create(DataType.FLOAT, BATCH, 3, 16, 16);
    for (int i = 0; i < images.length(); i++) {
      int sample = i / (3 * 16 * 16);
      int channel = i / (16 * 16) % 3;
      double colour = (sample % CLASSES >> channel & 1) * 2 - 1;
      images.data().put(i, (float) (colour + draws.normal(i)));
    }
    return images;
  }
}
