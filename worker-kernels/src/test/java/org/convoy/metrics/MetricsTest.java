package org.convoy.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final float NAN = Float.NaN;

  private static TopKCounter counted(int label, float... logits) {
    TopKCounter counter = new TopKCounter();
    counter.add(logits, 0, logits.length, label);
    return counter;
  }

  @Test
  void countsTheFirstAndTheFirstFive() {
    float[] logits = {9, 0, 6, 5, 4, 3, 2};
    assertArrayEquals(new long[] {1, 1, 1}, counted(0, logits).toLongs());
    assertArrayEquals(new long[] {1, 0, 1}, counted(5, logits).toLongs());
    assertArrayEquals(new long[] {1, 0, 0}, counted(6, logits).toLongs());
    assertArrayEquals(
        new long[] {1, 0, 1}, counted(2, 1, 2, 0).toLongs(), "fewer than five classes");
  }

  @Test
  void tiesGoToTheLowerClassAndNanIsNoHit() {
    assertArrayEquals(new long[] {1, 1, 1}, counted(1, 0, 7, 7).toLongs());
    assertArrayEquals(new long[] {1, 0, 1}, counted(2, 0, 7, 7).toLongs());
    assertArrayEquals(new long[] {1, 0, 0}, counted(0, NAN, NAN, NAN).toLongs());
    assertArrayEquals(new long[] {1, 1, 1}, counted(2, NAN, 1, 2).toLongs());
    assertArrayEquals(new long[] {1, 0, 0}, counted(5, 0, 0, 0, 0, 0, 0).toLongs());
  }

  @Test
  void readsARowInsideAnArray() {
    TopKCounter counter = new TopKCounter();
    float[] rows = {5, 1, 1, 5};
    counter.add(rows, 0, 2, 0);
    counter.add(rows, 2, 2, 0);
    assertEquals(0.5, counter.top1());
    assertEquals(1, counter.top5());
    assertThrows(IllegalArgumentException.class, () -> counter.add(rows, 3, 2, 0));
    assertThrows(IllegalArgumentException.class, () -> counter.add(rows, 0, 2, 2));
    assertEquals(2, counter.samples());
  }

  @Test
  void mergingWithEmptyChangesNothing() {
    TopKCounter hits = counted(0, 2, 1);
    hits.merge(new TopKCounter());
    assertArrayEquals(new long[] {1, 1, 1}, hits.toLongs());
    ConfusionMatrix matrix = new ConfusionMatrix(2);
    matrix.add(0, 1);
    matrix.merge(new ConfusionMatrix(2));
    assertArrayEquals(new long[] {0, 1, 0, 0}, matrix.toLongs());
    MeanMeter loss = new MeanMeter();
    loss.add(0.1, 3);
    double[] before = loss.toDoubles();
    loss.merge(new MeanMeter());
    assertArrayEquals(before, loss.toDoubles());
    MeanMeter empty = new MeanMeter();
    empty.merge(loss);
    assertArrayEquals(before, empty.toDoubles());
    assertThrows(IllegalStateException.class, () -> new MeanMeter().mean());
    assertThrows(IllegalStateException.class, () -> new TopKCounter().top1());
    assertThrows(IllegalStateException.class, () -> new TopKCounter().top5());
  }

  /** Two halves merged, through their arrays, are the whole. */
  @Test
  void partsMakeTheWhole() {
    float[][] rows = {{1, 2, 3}, {3, 2, 1}, {0, 0, 0}, {1, 5, 1}, {2, 2, 9}};
    int[] labels = {2, 1, 1, 1, 0};
    TopKCounter[] hits = {new TopKCounter(), new TopKCounter(), new TopKCounter()};
    ConfusionMatrix[] matrices = {
      new ConfusionMatrix(3), new ConfusionMatrix(3), new ConfusionMatrix(3)
    };
    for (int i = 0; i < rows.length; i++) {
      for (int part : new int[] {i % 2, 2}) {
        hits[part].add(rows[i], 0, 3, labels[i]);
        matrices[part].add(rows[i], 0, labels[i]);
      }
    }
    TopKCounter merged = TopKCounter.fromLongs(hits[0].toLongs());
    merged.merge(TopKCounter.fromLongs(hits[1].toLongs()));
    assertArrayEquals(hits[2].toLongs(), merged.toLongs());
    ConfusionMatrix matrix = ConfusionMatrix.fromLongs(3, matrices[0].toLongs());
    matrix.merge(ConfusionMatrix.fromLongs(3, matrices[1].toLongs()));
    assertArrayEquals(matrices[2].toLongs(), matrix.toLongs());
    assertEquals(merged.top1(), matrix.accuracy());
    assertEquals(merged.samples(), matrix.samples());
  }

  @Test
  void precisionAndRecall() {
    ConfusionMatrix matrix = ConfusionMatrix.fromLongs(3, new long[] {6, 2, 0, 1, 3, 0, 0, 0, 0});
    assertEquals(6.0 / 7, matrix.precision(0));
    assertEquals(6.0 / 8, matrix.recall(0));
    assertEquals(3.0 / 5, matrix.precision(1));
    assertEquals(0, matrix.precision(2));
    assertEquals(0, matrix.recall(2));
    assertEquals(9.0 / 12, matrix.accuracy());
    assertEquals(2, matrix.count(0, 1));
    assertThrows(IllegalArgumentException.class, () -> matrix.add(0, 3));
    assertThrows(IllegalArgumentException.class, () -> matrix.merge(new ConfusionMatrix(2)));
    assertThrows(IllegalArgumentException.class, () -> ConfusionMatrix.fromLongs(2, new long[3]));
  }

  @Test
  void meansAreWeighted() {
    MeanMeter loss = new MeanMeter();
    loss.add(2, 3);
    loss.add(6, 1);
    loss.add(NAN, 0);
    assertEquals(3, loss.mean());
    MeanMeter copy = MeanMeter.fromDoubles(loss.toDoubles());
    assertEquals(4, copy.weight());
    copy.add(NAN, 1);
    assertTrue(Double.isNaN(copy.mean()));
    assertThrows(IllegalArgumentException.class, () -> loss.add(1, -1));
    assertThrows(IllegalArgumentException.class, () -> TopKCounter.fromLongs(new long[] {1, 2, 1}));
  }

  @Test
  void softmaxIsStable() {
    double[] probabilities = Prediction.softmax(new float[] {0, 1000, 1000, -3e38f}, 0, 4);
    assertArrayEquals(new double[] {0, 0.5, 0.5, 0}, probabilities);
    double[] plain = Prediction.softmax(new float[] {9, 0, (float) Math.log(3)}, 1, 2);
    assertArrayEquals(new double[] {0.25, 0.75}, plain, 1e-7);
  }

  @Test
  void topPredictionsInOrder() {
    List<Prediction> top = Prediction.top(new float[] {1, 3, 2, 3}, 0, 4, 3);
    assertEquals(List.of(1, 3, 2), top.stream().map(Prediction::label).toList());
    assertEquals(top.get(0).probability(), top.get(1).probability());
    assertEquals(2, Prediction.top(new float[] {1, 3}, 0, 2, 5).size());
  }
}
