package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bins against torch's rule, worked out by hand. */
class AdaptiveBinsTest {

  private static double[] column(AdaptiveBins bins, int column) {
    return IntStream.range(0, bins.rows()).mapToDouble(row -> bins.share(row, column)).toArray();
  }

  @Test
  void binsOverlapWhereTheyDoNotDivide() {
    AdaptiveBins bins = new AdaptiveBins(List.of(5), List.of(3));
    assertArrayEquals(new double[] {0.5, 0.5, 0, 0, 0}, column(bins, 0));
    assertArrayEquals(new double[] {0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 0}, column(bins, 1));
    assertArrayEquals(new double[] {0, 0, 0, 0.5, 0.5}, column(bins, 2));
  }

  @Test
  void moreBinsThanPositionsRepeatThem() {
    AdaptiveBins bins = new AdaptiveBins(List.of(2), List.of(3));
    assertArrayEquals(new double[] {1, 0}, column(bins, 0));
    assertArrayEquals(new double[] {0.5, 0.5}, column(bins, 1));
    assertArrayEquals(new double[] {0, 1}, column(bins, 2));
  }

  @Test
  void dimensionsAreIndependent() {
    AdaptiveBins bins = new AdaptiveBins(List.of(2, 3), List.of(1, 2));
    assertArrayEquals(new double[] {0.25, 0.25, 0, 0.25, 0.25, 0}, column(bins, 0));
    assertArrayEquals(new double[] {0, 0.25, 0.25, 0, 0.25, 0.25}, column(bins, 1));
  }
}
