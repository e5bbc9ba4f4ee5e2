package org.convoy.jobs.benchmark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Backends;
import org.convoy.kernels.KernelThreads;
import org.convoy.kernels.PlanRequest;
import org.convoy.models.Models;
import org.convoy.optim.DecayMask;
import org.convoy.optim.Sgd;
import org.convoy.optim.Slices;
import org.convoy.optim.StepSettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Whole training steps take no memory, neither Java's nor the system's, and a closed plan leaves
 * none behind. Measured in a JVM of its own whose heap is resident from the start, so that what its
 * anonymous memory grows by is native. Java's second compiler, which takes megabytes of its own
 * when it likes, is left out.
 */
class StepGarbageTest {
  private static final int WARM_UP = 20;
  private static final int STEPS = 200;
  private static final int FIRST_STEPS = 3;
  private static final int WARM_CYCLES = 20;
  private static final int CYCLES = 50;
  private static final long MIB = 1L << 20;

  /** Large blocks go back to the system at once, however glibc would rather keep them. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "OMP_NUM_THREADS", "1",
          "MALLOC_MMAP_THRESHOLD_", "131072",
          "MALLOC_TRIM_THRESHOLD_", "131072");

  private static final Map<String, Double> FIGURES = new TreeMap<>();

  /** Trains, and prints a figure a line. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      for (int i = 0; i < WARM_CYCLES; i++) {
        cycle();
      }
      long before = ProcessFigures.anonymousBytes();
      for (int i = 0; i < CYCLES; i++) {
        cycle();
      }
      print("bytes left by cycles", ProcessFigures.anonymousBytes() - before);
      try (Training training = new Training()) {
        steps(training);
      }
    }

    /** Compiles, trains two steps, closes. */
    private static void cycle() {
      try (Training training = new Training()) {
        training.step(0);
        training.step(1);
        print("planned bytes", training.step.plan().memory().totalBytes());
      }
    }

    private static void steps(Training training) {
      for (int i = 0; i < FIRST_STEPS; i++) {
        training.step(i);
      }
      StepBenchmark.Counter early = new StepBenchmark.Counter();
      for (int i = 0; i < WARM_UP; i++) {
        training.step(i);
      }
      long before = ProcessFigures.anonymousBytes();
      StepBenchmark.Counter counter = new StepBenchmark.Counter();
      for (int i = 0; i < STEPS; i++) {
        training.step(i);
      }
      print("java bytes a step", counter.over(STEPS).javaBytes());
      print("page faults a step", early.over(WARM_UP + STEPS).pageFaults());
      print("bytes grown by steps", ProcessFigures.anonymousBytes() - before);
    }

    private static void print(String name, double value) {
      System.out.println(name + "=" + value);
    }
  }

  /** A ResNet-20 under SGD with momentum, as an executor has it. */
  private static final class Training implements AutoCloseable {
    private static final Graph NETWORK = Models.get("resnet20").build();

    private final TrainingStep step =
        new TrainingStep(Backends.get("onednn"), NETWORK, PlanRequest.training(4));
    private final INDArray momentum = Nd4j.create(DataType.FLOAT, step.plan().layout().length());
    private final Sgd sgd = new Sgd(0.9, true, 5e-4, true);
    private final Slices slices;

    Training() {
      Parameters layout = step.plan().layout();
      slices =
          Slices.cut(
              step.parameters(),
              step.gradient(),
              List.of(momentum),
              DecayMask.all(layout.trainableLength()),
              KernelThreads.count());
      step.fill(new Draws(0, "garbage"));
    }

    void step(int number) {
      step.compute();
      slices.update(sgd, new StepSettings(1e-3, number, 1));
      step.plan().parametersChanged();
    }

    @Override
    public void close() {
      step.close();
      momentum.close();
    }
  }

  @BeforeAll
  static void measure() throws Exception {
    List<String> lines =
        ChildJvm.run(
            Child.class,
            ENVIRONMENT,
            "-Xms256m",
            "-Xmx256m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");
    for (String line : lines) {
      String[] parts = line.split("=", 2);
      FIGURES.put(parts[0], Double.valueOf(parts[1]));
    }
  }

  private static void atMost(double bound, String name) {
    double figure = FIGURES.getOrDefault(name, Double.NaN);
    assertTrue(
        figure <= bound,
        () -> String.format(Locale.ROOT, "%s: expected at most %s, got %s", name, bound, FIGURES));
  }

  @Test
  void aStepMakesNextToNoJavaObjects() {
    atMost(64 * 1024, "java bytes a step");
    assertTrue(FIGURES.getOrDefault("java bytes a step", 0.0) > 0, FIGURES::toString);
  }

  /** A step that took and gave back its smallest activation would fault hundreds of times. */
  @Test
  void pageFaultsAreOverAfterTheFirstSteps() {
    atMost(4, "page faults a step");
  }

  @Test
  void stepsDoNotGrowTheProcess() {
    atMost(2 * MIB, "bytes grown by steps");
  }

  /** One of the fifty plans would be far more. */
  @Test
  void closedPlansLeaveNothingBehind() {
    atMost(4 * MIB, "bytes left by cycles");
    assertTrue(FIGURES.getOrDefault("planned bytes", 0.0) > 4 * MIB, FIGURES::toString);
  }
}
