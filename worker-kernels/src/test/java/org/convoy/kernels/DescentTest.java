package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
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
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Every backend descends as the CPU does: the losses of some steps of gradient descent follow each
 * other. The system property {@code convoy.descent} sets another number of steps, and {@code
 * convoy.descent.images} a folder of CIFAR-10's images, one folder a class, for a GPU.
 */
class DescentTest {
  private static final int STEPS = Integer.getInteger("convoy.descent", 3);
  private static final String FOLDER = System.getProperty("convoy.descent.images", "");

  /** Of a loss near 1, over the first steps: later on roundings grow. */
  private static final double TOLERANCE = 2e-3;

  private static final int COMPARED = 10;

  @TestFactory
  Stream<DynamicTest> lossesFollowTheCpus() {
    Samples samples = FOLDER.isEmpty() ? new Noise() : CifarSamples.of(Path.of(FOLDER));
    Graph graph = Models.get("resnet20").build(samples.image(), samples.classes());
    double[] expected = losses(Backends.get("onednn"), graph, samples);
    return TestedBackends.all().stream()
        .filter(backend -> !backend.name().equals("nd4j"))
        .map(
            backend ->
                DynamicTest.dynamicTest(
                    backend.name(), () -> check(expected, losses(backend, graph, samples))));
  }

  private static void check(double[] expected, double[] actual) {
    System.out.printf(Locale.ROOT, "losses %s%n", Arrays.toString(actual));
    for (int i = 0; i < Math.min(COMPARED, STEPS); i++) {
      assertEquals(expected[i], actual[i], TOLERANCE, "loss of step " + i);
    }
    int window = Math.min(COMPARED, STEPS / 3);
    double begun = mean(actual, 0, window);
    double ended = mean(actual, STEPS - window, STEPS);
    assertTrue(ended < begun, "the loss went from " + begun + " to " + ended);
    assertEquals(mean(expected, STEPS - window, STEPS), ended, 0.1 * expected[0], "last losses");
  }

  private static double mean(double[] losses, int from, int to) {
    return Arrays.stream(losses, from, to).average().orElseThrow();
  }

  private static double[] losses(Backend backend, Graph graph, Samples samples) {
    double[] losses = new double[STEPS];
    int batch = samples.batch();
    try (Plan plan = backend.compile(graph, PlanRequest.training(batch))) {
      Parameters layout = plan.layout();
      INDArray parameters = layout.initialize(1, DataType.FLOAT);
      INDArray gradients = Nd4j.zeros(DataType.FLOAT, layout.length());
      INDArray slope = Nd4j.zeros(DataType.FLOAT, plan.graph().outputShape().batched(batch));
      INDArrayIndex trained = NDArrayIndex.interval(0, layout.trainableLength());
      plan.bind(parameters, gradients);
      for (int step = 0; step < STEPS; step++) {
        plan.input().assign(samples.images(step));
        plan.forward(step);
        int[] labels = samples.labels(step);
        float[] weights = new float[batch];
        Arrays.fill(weights, 1);
        losses[step] =
            new CrossEntropy(0).evaluate(plan.output(), Targets.classes(labels), weights, slope);
        plan.backward(slope, GradientListener.NONE);
        parameters.get(trained).subi(gradients.get(trained).mul(samples.rate() / batch));
        plan.parametersChanged();
      }
    }
    return losses;
  }

  /** What is trained on. */
  interface Samples {
    Shape image();

    int classes();

    int batch();

    /** The learning rate. */
    double rate();

    INDArray images(int step);

    int[] labels(int step);
  }

  /** Noise about a colour that tells the class. */
  private static final class Noise implements Samples {
    private static final int BATCH = 8;
    private static final int CLASSES = 4;
    private static final int BATCHES = 4;

    @Override
    public Shape image() {
      return Shape.of(3, 16, 16);
    }

    @Override
    public int classes() {
      return CLASSES;
    }

    @Override
    public int batch() {
      return BATCH;
    }

    @Override
    public double rate() {
      return 0.02;
    }

    @Override
    public INDArray images(int step) {
      Draws draws = new Draws(step % BATCHES, "images");
      INDArray images = Nd4j.create(DataType.FLOAT, BATCH, 3, 16, 16);
      for (int i = 0; i < images.length(); i++) {
        int sample = i / (3 * 16 * 16);
        int channel = i / (16 * 16) % 3;
        double colour = (sample % CLASSES >> channel & 1) * 2 - 1;
        images.data().put(i, (float) (colour + draws.normal(i)));
      }
      return images;
    }

    @Override
    public int[] labels(int step) {
      return IntStream.range(0, BATCH).map(i -> i % CLASSES).toArray();
    }
  }
}
