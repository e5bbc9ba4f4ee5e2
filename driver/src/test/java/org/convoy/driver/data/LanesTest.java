package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanesTest {

  private static final LaneSettings SETTINGS = new LaneSettings(8, 16);

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "7, 1, 2",
    "33, 4, 8",
    "100, 3, 7",
    "1000, 4, 32",
    "4096, 8, 16",
    "50000, 4, 32",
    "1023, 2, 17"
  })
  void eachEpochTakesEachSampleOnceWithoutTheRemainder(int count, int m, int b) {
    for (LaneSettings settings :
        new LaneSettings[] {SETTINGS, new LaneSettings(1, 1), new LaneSettings(5000, 3)}) {
      Lanes lanes = new Lanes(count, m, b, 17, settings);
      assertEquals(count / (m * b), lanes.stepsPerEpoch());
      assertEquals(count % (m * b), lanes.remainder());
      for (int epoch = 0; epoch < 4; epoch++) {
        BitSet seen = seen(lanes, epoch, m, b);
        assertEquals(count - lanes.remainder(), seen.cardinality());
        BitSet out = bits(lanes.leftOut(epoch));
        assertEquals(lanes.remainder(), out.cardinality());
        assertFalse(out.intersects(seen));
      }
    }
  }

  @Test
  void everyEpochLeavesOutOtherSamplesAndAllEquallyOften() {
    int count = 1000;
    Lanes lanes = new Lanes(count, 4, 8, 3, SETTINGS);
    assertEquals(8, lanes.remainder());
    int[] times = new int[count];
    for (int epoch = 0; epoch < count / 8; epoch++) {
      Arrays.stream(lanes.leftOut(epoch)).forEach(sample -> times[sample]++);
      assertFalse(bits(lanes.leftOut(epoch)).intersects(bits(lanes.leftOut(epoch + 1))));
    }
    assertTrue(Arrays.stream(times).allMatch(each -> each == 1));
  }

  @Test
  void anyStepCanBeAskedForFirst() {
    Lanes inOrder = new Lanes(1000, 4, 16, 5, SETTINGS);
    Lanes resumed = new Lanes(1000, 4, 16, 5, SETTINGS);
    int[] late = resumed.microBatch(7, 11, 2);
    for (int epoch = 0; epoch <= 7; epoch++) {
      for (int step = 0; step < inOrder.stepsPerEpoch(); step++) {
        for (int lane = 0; lane < 4; lane++) {
          int[] batch = inOrder.microBatch(epoch, step, lane);
          assertEquals(16, batch.length);
          if (epoch == 7 && step == 11 && lane == 2) {
            assertArrayEquals(late, batch);
          }
        }
      }
    }
  }

  /**
   * A change here changes every run that is resumed or compared. The numbers are those of the first
   * version.
   */
  @Test
  void theOrderIsPinned() {
    Lanes lanes = new Lanes(50, 2, 4, 42, new LaneSettings(4, 3));
    assertEquals(
        GOLDEN,
        Arrays.toString(lanes.microBatch(0, 0, 0))
            + Arrays.toString(lanes.microBatch(3, 5, 1))
            + Arrays.toString(lanes.leftOut(2)));
  }

  private static final String GOLDEN = "[31, 29, 22, 7][6, 49, 4, 38][21, 38]";

  /** All orders of three epochs, as they were when every epoch was drawn as a whole. */
  @ParameterizedTest
  @CsvSource({
    "1000, 4, 8, 8, 16, -1072988935",
    "1023, 2, 17, 5, 3, -482089989",
    "50000, 4, 32, 32, 2250, -581796282",
    "4096, 8, 16, 1, 1, 873493897",
    "33, 4, 8, 5000, 3, 196033558",
    "7777, 3, 7, 8, 4, -19082856"
  })
  void ordersArePinned(int count, int m, int b, int block, int window, int expected) {
    Lanes lanes = new Lanes(count, m, b, 17, new LaneSettings(block, window));
    int hash = 1;
    for (int epoch = 0; epoch < 3; epoch++) {
      for (int step = 0; step < lanes.stepsPerEpoch(); step++) {
        for (int lane = 0; lane < m; lane++) {
          hash = 31 * hash + Arrays.hashCode(lanes.microBatch(epoch, step, lane));
        }
      }
    }
    assertEquals(expected, hash);
  }

  /** Rings of very many samples are computed. */
  @ParameterizedTest
  @CsvSource({"2", "3", "64", "65", "1000", "70000"})
  void computedPermutationsTakeEachNumberOnce(int count) {
    KeyedPermutation permutation = new KeyedPermutation(count, 5, 1);
    int[] all = IntStream.range(0, count).map(permutation).toArray();
    assertArrayEquals(IntStream.range(0, count).toArray(), Arrays.stream(all).sorted().toArray());
    if (count >= 64) {
      int[] other = IntStream.range(0, count).map(new KeyedPermutation(count, 6, 1)).toArray();
      assertFalse(Arrays.equals(all, other), "another seed");
      long near = IntStream.range(1, count).filter(i -> Math.abs(all[i] - all[i - 1]) == 1).count();
      assertTrue(near < 8 + count / 100, "neighbours stay neighbours " + near + " times");
    }
  }

  @Test
  void epochsAndSeedsDiffer() {
    Lanes lanes = new Lanes(1000, 2, 10, 1, SETTINGS);
    Lanes other = new Lanes(1000, 2, 10, 2, SETTINGS);
    assertFalse(Arrays.equals(lanes.microBatch(0, 0, 0), lanes.microBatch(1, 0, 0)));
    assertFalse(Arrays.equals(lanes.microBatch(0, 0, 0), other.microBatch(0, 0, 0)));
  }

  @Test
  void aWindowTouchesFewBlocks() {
    int b = 16;
    LaneSettings settings = new LaneSettings(32, 8);
    Lanes lanes = new Lanes(64 * 1024, 4, b, 9, settings);
    int stepsPerWindow = 32 * 8 / b;
    for (int window = 0; window < lanes.stepsPerEpoch() / stepsPerWindow; window++) {
      BitSet blocks = new BitSet();
      for (int step = 0; step < stepsPerWindow; step++) {
        for (int sample : lanes.microBatch(0, window * stepsPerWindow + step, 1)) {
          blocks.set(sample / 32);
        }
      }
      assertTrue(blocks.cardinality() <= 9, "a window of 8 blocks touches " + blocks.cardinality());
    }
  }

  /**
   * Class-sorted data, ten classes: the classes of a micro-batch should be as even as in an
   * unbiased draw. The statistic is Pearson's chi-squared over its classes, whose mean under an
   * independent draw is 9.
   */
  @Test
  void classSortedDataMixes() {
    int count = 50_000;
    int m = 4;
    int b = 32;
    double fitted =
        meanChiSquared(new Lanes(count, m, b, 1, new LaneSettings(32, 2250)), count, m, b);
    double narrow =
        meanChiSquared(new Lanes(count, m, b, 1, new LaneSettings(16, 64)), count, m, b);
    double few = meanChiSquared(new Lanes(count, m, b, 1, new LaneSettings(64, 16)), count, m, b);
    double bad = meanChiSquared(new Lanes(count, m, b, 1, new LaneSettings(64, 1)), count, m, b);
    System.out.printf(
        Locale.ROOT,
        "chi-squared of classes: fitted %.2f, 64 blocks of 16 %.2f, 16 of 64 %.2f, 1 block of 64"
            + " %.2f%n",
        fitted,
        narrow,
        few,
        bad);
    assertTrue(fitted < 11, "fitted " + fitted);
    assertTrue(narrow < 14, "narrow " + narrow);
    assertTrue(bad > 100, "the statistic sees bad mixing: " + bad);
  }

  @Test
  void aMillionSamplesAreDrawnQuickly() {
    Lanes lanes = new Lanes(1_281_167, 8, 32, 1, new LaneSettings(16, 64));
    lanes.microBatch(0, 0, 0);
    long start = System.nanoTime();
    lanes.microBatch(1, 0, 0);
    long millis = (System.nanoTime() - start) / 1_000_000;
    System.out.println("an epoch's order of 1281167 samples: " + millis + " ms");
    assertTrue(millis < 2000, millis + " ms");
  }

  @Test
  void settingsFitTheData() {
    int[] lengths = IntStream.generate(() -> 930).limit(50_000).toArray();
    LaneSettings small = LaneSettings.fitting(index(lengths), 4);
    assertTrue(small.windowSamples() >= 12_500, small.toString());
    LaneSettings large =
        LaneSettings.fitting(index(IntStream.generate(() -> 110_000).limit(10_000).toArray()), 4);
    assertTrue(large.windowBlocks() >= 64, large.toString());
    assertTrue(large.windowSamples() * 4 * 110_000 <= 256L << 20, large.toString());
  }

  @Test
  void tooFewSamplesAreRefused() {
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> new Lanes(127, 4, 32, 1, SETTINGS));
    assertTrue(String.valueOf(error.getMessage()).contains("128"), error.getMessage());
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> new Lanes(128, 4, 32, 1, SETTINGS).microBatch(0, 1, 0));
  }

  private static SampleIndex index(int[] lengths) {
    int n = lengths.length;
    return new SampleIndex(
        "test",
        new String[] {"a"},
        new HeldColumns(
            new String[] {"file:/t.tar"},
            new String[] {RawPixels.NONE},
            new int[n],
            new int[n],
            new long[n],
            lengths,
            new long[n],
            new byte[0],
            new int[n]),
        0);
  }

  private static double meanChiSquared(Lanes lanes, int count, int m, int b) {
    double sum = 0;
    for (int step = 0; step < lanes.stepsPerEpoch(); step++) {
      for (int lane = 0; lane < m; lane++) {
        int[] classes = new int[10];
        for (int sample : lanes.microBatch(0, step, lane)) {
          classes[sample / (count / 10)]++;
        }
        double expected = b / 10.0;
        for (int each : classes) {
          sum += (each - expected) * (each - expected) / expected;
        }
      }
    }
    return sum / (lanes.stepsPerEpoch() * m);
  }

  private static BitSet seen(Lanes lanes, int epoch, int m, int b) {
    BitSet seen = new BitSet();
    for (int step = 0; step < lanes.stepsPerEpoch(); step++) {
      for (int lane = 0; lane < m; lane++) {
        int[] batch = lanes.microBatch(epoch, step, lane);
        assertEquals(b, batch.length);
        for (int sample : batch) {
          assertFalse(seen.get(sample), "sample " + sample + " twice");
          seen.set(sample);
        }
      }
    }
    return seen;
  }

  private static BitSet bits(int[] samples) {
    BitSet bits = new BitSet();
    Arrays.stream(samples).forEach(bits::set);
    return bits;
  }
}
