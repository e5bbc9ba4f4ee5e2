package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.convoy.driver.exchange.sums.SumTree.Node;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class PartialSumsTest {

  @Test
  void sumsAlongTheTreeInEveryStep() {
    int length = 70_001;
    MicroBatches range = new MicroBatches(3, 13, 16);
    try (PartialSums partials = new PartialSums(range, length)) {
      for (int step = 0; step < 2; step++) {
        for (int i = range.from(); i < range.to(); i++) {
          partials.add(Gradients.array(i, length));
        }
        assertSums(partials, length);
        partials.reset();
      }
    }
  }

  @Test
  void takesGradientsInParts() {
    int length = 70_001;
    MicroBatches range = new MicroBatches(0, 7, 7);
    try (PartialSums partials = new PartialSums(range, length)) {
      for (int i = 0; i < 7; i++) {
        INDArray gradient = Gradients.array(i, length);
        partials.add(gradient, 65_000, length);
        partials.add(gradient, 13, 65_000);
        partials.add(gradient, 0, 13);
        partials.advance();
      }
      assertSums(partials, length);
    }
  }

  private static void assertSums(PartialSums partials, int length) {
    for (int i = 0; i < partials.nodes().size(); i++) {
      Node node = partials.nodes().get(i);
      float[] sum = new float[length];
      partials.memory(i).bytes(0, length).asFloatBuffer().get(sum);
      assertArrayEquals(Gradients.sum(node.from(), node.to(), length), sum, node.toString());
    }
  }

  @Test
  void holdsNoMoreVectorsThanItMust() {
    assertEquals(4, PartialSums.bytes(new MicroBatches(0, 1, 1), 1));
    assertEquals(4, PartialSums.bytes(new MicroBatches(0, 2, 8), 1));
    assertEquals(8, PartialSums.bytes(new MicroBatches(4, 8, 8), 1));
    assertEquals(12, PartialSums.bytes(new MicroBatches(0, 8, 8), 1));
    assertEquals(4 * 10, PartialSums.bytes(new MicroBatches(0, 1024, 1024), 1));
  }

  @Test
  void readsViewsWhereTheyLie() {
    INDArray whole = Nd4j.arange(100).castTo(DataType.FLOAT);
    INDArray view = whole.get(NDArrayIndex.interval(20, 60));
    try (PartialSums partials = new PartialSums(new MicroBatches(0, 1, 1), 40)) {
      partials.add(view);
      assertEquals(view, partials.first());
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (PartialSums partials = new PartialSums(new MicroBatches(0, 1, 1), 4)) {
      assertThrows(
          IllegalArgumentException.class, () -> partials.add(Nd4j.zeros(DataType.FLOAT, 3)));
      assertThrows(
          IllegalArgumentException.class, () -> partials.add(Nd4j.zeros(DataType.DOUBLE, 4)));
      partials.add(Nd4j.zeros(DataType.FLOAT, 4));
      assertThrows(IllegalStateException.class, () -> partials.add(Nd4j.zeros(DataType.FLOAT, 4)));
    }
    PartialSums closed = new PartialSums(new MicroBatches(0, 1, 1), 4);
    closed.close();
    assertThrows(IllegalStateException.class, closed::first);
  }
}
