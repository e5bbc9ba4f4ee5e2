package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.GraphException;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What dropout drops: as much as it should, in the right pieces, and the same for the same key. */
class DropoutTest {

  private static float[] draw(Dropout op, String node, long key, long... dimensions) {
    DropoutMask mask = new DropoutMask(op, node, dimensions);
    float[] factors = new float[mask.length()];
    mask.draw(key, FloatBuffer.wrap(factors));
    return factors;
  }

  private static double dropped(float[] factors) {
    int count = 0;
    for (float factor : factors) {
      count += factor == 0 ? 1 : 0;
    }
    return (double) count / factors.length;
  }

  @Test
  void asMuchIsDroppedAsItShouldAndTheRestScaled() {
    for (double probability : new double[] {0.1, 0.5, 0.8}) {
      float[] factors = draw(Dropout.element(probability), "drop", 7, 10, 100, 10, 10);
      double deviation = Math.sqrt(probability * (1 - probability) / factors.length);
      assertEquals(probability, dropped(factors), 5 * deviation);
      for (float factor : factors) {
        assertTrue(factor == 0 || factor == (float) (1 / (1 - probability)), "factor " + factor);
      }
    }
  }

  @Test
  void oneFactorHoldsForWhatIsDroppedAsAWhole() {
    Dropout channel = Dropout.channel(0.3);
    Dropout sample = Dropout.sample(0.3);
    assertArrayEquals(
        new long[] {40, 50, 1, 1}, new DropoutMask(channel, "drop", 40, 50, 6, 7).shape());
    assertArrayEquals(
        new long[] {40, 1, 1, 1}, new DropoutMask(sample, "drop", 40, 50, 6, 7).shape());
    double deviation = Math.sqrt(0.3 * 0.7 / 10_000);
    assertEquals(0.3, dropped(draw(channel, "drop", 1, 100, 100, 6, 7)), 5 * deviation);
    assertEquals(0.3, dropped(draw(sample, "drop", 1, 10_000, 3, 6, 7)), 5 * deviation);
  }

  /** Every dropped position lies in a square of dropped positions within its own map. */
  @Test
  void blocksAreSquares() {
    int side = 12;
    int block = 3;
    float[] factors = draw(Dropout.block(0.1, block), "drop", 3, 20, 30, side, side);
    int maps = 20 * 30;
    boolean[] covered = new boolean[factors.length];
    for (int map = 0; map < maps; map++) {
      for (int y = 0; y + block <= side; y++) {
        for (int x = 0; x + block <= side; x++) {
          int corner = (map * side + y) * side + x;
          if (all(factors, corner, side, block)) {
            for (int i = 0; i < block * block; i++) {
              covered[corner + i / block * side + i % block] = true;
            }
          }
        }
      }
    }
    double sum = 0;
    float scale = 0;
    for (int i = 0; i < factors.length; i++) {
      assertEquals(factors[i] == 0, covered[i], "element " + i + " is dropped within a block");
      sum += factors[i];
      scale = Math.max(scale, factors[i]);
    }
    // Blocks overlap, so a little less than 0.1 is dropped; the mean is kept all the same.
    double share = dropped(factors);
    assertTrue(share > 0.08 && share < 0.1, "dropped " + share);
    assertEquals(1 / (1 - share), scale, 1e-6);
    assertEquals(1, sum / factors.length, 1e-6);
  }

  private static boolean all(float[] factors, int corner, int side, int block) {
    for (int i = 0; i < block * block; i++) {
      if (factors[corner + i / block * side + i % block] != 0) {
        return false;
      }
    }
    return true;
  }

  /** A block larger than the input is cut to it: whole maps go. */
  @Test
  void aBlockIsCutToTheInput() {
    float[] factors = draw(Dropout.block(0.4, 7), "drop", 3, 50, 40, 3, 5);
    for (int i = 0; i < factors.length; i++) {
      assertEquals(factors[i / 15 * 15], factors[i], "element " + i);
    }
    assertEquals(0.4, dropped(factors), 5 * Math.sqrt(0.24 / 2000));
  }

  /** Of 5 x 3 patches 60% are dropped, at every resolution and under every name the same ones. */
  @Test
  void patchesAreTheSameInAllNodes() {
    int samples = 50;
    float[] coarse = draw(Dropout.patch(0.6, 1), "last", 3, samples, 7, 5, 3);
    float[] fine = draw(Dropout.patch(0.6, 4), "first", 3, samples, 2, 20, 12);
    assertEquals(samples * 20 * 12, fine.length);
    for (int i = 0; i < fine.length; i++) {
      int patch = (i / 240 * 5 + i / 12 % 20 / 4) * 3 + i % 12 / 4;
      assertEquals(coarse[patch], fine[i], "element " + i);
    }
    boolean[] everKept = new boolean[15];
    for (int sample = 0; sample < samples; sample++) {
      int kept = 0;
      for (int patch = 0; patch < 15; patch++) {
        float factor = coarse[sample * 15 + patch];
        assertTrue(factor == 0 || factor == 1, "factor " + factor);
        kept += (int) factor;
        everKept[patch] |= factor == 1;
      }
      assertEquals(6, kept, "kept in sample " + sample);
    }
    assertFalse(Arrays.toString(everKept).contains("false"), Arrays.toString(everKept));
    assertFalse(
        Arrays.equals(coarse, draw(Dropout.patch(0.6, 1), "last", 4, samples, 7, 5, 3)),
        "another key");
  }

  @Test
  void drawsDependOnKeyAndNameAlone() {
    for (Dropout op : new Dropout[] {Dropout.element(0.5), Dropout.block(0.3, 2)}) {
      float[] first = draw(op, "drop", 1, 4, 3, 8, 8);
      assertArrayEquals(first, draw(op, "drop", 1, 4, 3, 8, 8));
      assertFalse(Arrays.equals(first, draw(op, "drop", 2, 4, 3, 8, 8)), "another key");
      assertFalse(Arrays.equals(first, draw(op, "other", 1, 4, 3, 8, 8)), "another name");
    }
  }

  /** Not even while the virtual machine has not compiled it yet. */
  @Test
  void drawingAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    FloatBuffer to =
        ByteBuffer.allocateDirect(4 * 4 * 8 * 9 * 9).order(ByteOrder.nativeOrder()).asFloatBuffer();
    for (Dropout op :
        List.of(
            Dropout.element(0.5),
            Dropout.sample(0.5),
            Dropout.block(0.3, 3),
            Dropout.patch(0.6, 3))) {
      DropoutMask mask = new DropoutMask(op, "drop", 4, 8, 9, 9);
      mask.draw(0, to);
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int key = 0; key < 100; key++) {
        mask.draw(key, to);
      }
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(
          bytes < 100, String.format(Locale.ROOT, "100 draws of %s allocated %d bytes", op, bytes));
    }
  }

  /** A plan hands on the key it is given, forward and backward, and draws nothing at inference. */
  @TestFactory
  Stream<DynamicTest> plansDrawByTheirKey() {
    return TestedBackends.all().stream()
        .map(backend -> DynamicTest.dynamicTest(backend.name(), () -> drawByKey(backend)));
  }

  private static void drawByKey(Backend backend) {
    Value x = Value.input(Shape.of(3, 4, 4)).dropout("drop", 0.5);
    Graph graph = x.conv("copy", Convolution.of(3, 1).groups(3)).graph("dropout");
    long[] dimensions = {2, 3, 4, 4};
    INDArray ones = Nd4j.ones(DataType.FLOAT, 3);
    try (Plan plan = backend.compile(graph, PlanRequest.training(2).withInputGradient())) {
      plan.bind(ones, ones.like());
      plan.input().assign(1);
      for (long key : new long[] {5, -6, 5}) {
        plan.forward(key);
        plan.backward(Nd4j.ones(DataType.FLOAT, dimensions), GradientListener.NONE);
        float[] expected = draw(Dropout.element(0.5), "drop", key, dimensions);
        assertArrayEquals(expected, plan.output().dup().data().asFloat(), "output");
        assertArrayEquals(expected, plan.inputGradient().dup().data().asFloat(), "gradient");
      }
    }
    try (Plan plan = backend.compile(graph, PlanRequest.inference(2))) {
      plan.bind(ones, ones);
      plan.input().assign(1);
      plan.forward(5);
      assertEquals(Nd4j.ones(DataType.FLOAT, dimensions), plan.output());
    }
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    assertThrows(GraphException.class, () -> Dropout.element(1));
    assertThrows(GraphException.class, () -> Dropout.sample(-0.1));
    assertThrows(GraphException.class, () -> Dropout.element(Double.NaN));
    assertThrows(GraphException.class, () -> Dropout.block(0.1, 0));
    assertThrows(
        GraphException.class, () -> new Dropout(Dropout.Kind.CHANNEL, 0.1, 3), "a block size");
    Value image = Value.input(Shape.of(3, 8, 8));
    assertThrows(GraphException.class, () -> image.apply("mask", Dropout.patch(0.5, 3)), "cut");
    assertThrows(GraphException.class, () -> image.apply("mask", Dropout.patch(0.5, 8)), "nothing");
    Value features = Value.input(Shape.of(3));
    assertThrows(GraphException.class, () -> features.apply("drop", Dropout.block(0.1, 3)));
  }
}
