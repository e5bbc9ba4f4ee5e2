package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.convoy.settings.RequestException;
import org.convoy.task.ClassWeight;
import org.junit.jupiter.api.Test;

/** How often an epoch takes each sample: exact counts, for classes of very different sizes. */
final class SamplingTest {
  private static final int M = 4;
  private static final int B = 6;
  private static final int[] SIZES = {200, 50, 9, 1};
  private static final Sampling.Labelled SAMPLES = samples(SIZES);

  private static Sampling.Labelled samples(int... sizes) {
    int[] labels =
        IntStream.range(0, sizes.length)
            .flatMap(c -> IntStream.range(0, sizes[c]).map(i -> c))
            .toArray();
    return new Sampling.Labelled(
        List.of("a", "b", "c", "d"), labels.length, sample -> labels[sample]);
  }

  private static Lanes lanes(Sampling sampling) {
    return new Lanes(SAMPLES, sampling, M, B, 7, new LaneSettings(8, 4));
  }

  /** How often each sample stands in the micro-batches of an epoch. */
  private static int[] times(Lanes lanes, int epoch) {
    int[] times = new int[SAMPLES.count()];
    for (int step = 0; step < lanes.stepsPerEpoch(); step++) {
      for (int lane = 0; lane < M; lane++) {
        int[] batch = lanes.microBatch(epoch, step, lane);
        assertEquals(B, batch.length);
        Arrays.stream(batch).forEach(sample -> times[sample]++);
      }
    }
    return times;
  }

  private static int[] byClass(int[] times) {
    int[] places = new int[SIZES.length];
    for (int sample = 0; sample < times.length; sample++) {
      places[SAMPLES.label().applyAsInt(sample)] += times[sample];
    }
    return places;
  }

  /** 260 samples make 10 steps of 24, which are 240 places. */
  @Test
  void balancedClassesHaveEquallyManyPlacesInEachEpoch() {
    Lanes lanes = lanes(new Balanced(1));
    int[] sum = new int[SAMPLES.count()];
    for (int epoch = 0; epoch < 10; epoch++) {
      int[] times = times(lanes, epoch);
      assertArrayEquals(new int[] {60, 60, 60, 60}, byClass(times));
      for (int sample = 0; sample < sum.length; sample++) {
        sum[sample] += times[sample];
      }
    }
    // 60 of 200 in each of ten epochs are three times each; 60 of 50 are twelve times.
    IntStream.range(0, 200).forEach(sample -> assertEquals(3, sum[sample]));
    IntStream.range(200, 250).forEach(sample -> assertEquals(12, sum[sample]));
    IntStream.range(250, 259).forEach(sample -> assertTrue(sum[sample] == 66 || sum[sample] == 67));
    assertEquals(600, sum[259]);
  }

  /** Square roots 14.14, 7.07, 3 and 1 of 25.21: 134.6, 67.3, 28.6 and 9.5 of 240. */
  @Test
  void aSmallerPowerIsBetweenUniformAndEqual() {
    assertArrayEquals(new int[] {135, 67, 29, 9}, byClass(times(lanes(new Balanced(0.5)), 3)));
    // 240/260 of each: 184.6, 46.2, 8.3 and 0.9.
    assertArrayEquals(new int[] {185, 46, 8, 1}, byClass(times(lanes(new Balanced(0)), 3)));
  }

  /** 200 and 2 x 50, 10 x 9 and 1 of 391: 122.8, 61.4, 55.2 and 0.6 of 240. */
  @Test
  void weightedClassesHaveTheirShare() {
    Sampling weighted = new Weighted(List.of(new ClassWeight("b", 2), new ClassWeight("c", 10)));
    assertArrayEquals(new int[] {123, 61, 55, 1}, byClass(times(lanes(weighted), 0)));
  }

  @Test
  void anUnknownClassAndOneNamedTwiceAreRefused() {
    RequestException unknown =
        assertThrows(
            RequestException.class,
            () -> new Weighted(List.of(new ClassWeight("e", 2))).check(SAMPLES.classes()));
    assertEquals(
        "data.sampling.classes: expected a class of the training images, got \"e\"; they are a, b, c, d",
        unknown.getMessage());
    List<ClassWeight> twice = List.of(new ClassWeight("a", 2), new ClassWeight("a", 3));
    assertThrows(RequestException.class, () -> new Weighted(twice).check(SAMPLES.classes()));
  }

  /** Two appearances of a sample in an epoch are augmented differently. */
  @Test
  void appearancesOfASampleAreCounted() {
    for (Sampling sampling : List.of(new Balanced(1), new Repeated(3), new Uniform())) {
      Lanes lanes = lanes(sampling);
      Map<Integer, Set<Integer>> met = new HashMap<>();
      for (int step = 0; step < lanes.stepsPerEpoch(); step++) {
        for (int lane = 0; lane < M; lane++) {
          int[] samples = lanes.microBatch(2, step, lane);
          int[] appearances = lanes.appearances(2, step, lane);
          for (int i = 0; i < B; i++) {
            assertTrue(met.computeIfAbsent(samples[i], s -> new HashSet<>()).add(appearances[i]));
          }
        }
      }
      met.values().forEach(each -> assertTrue(each.stream().allMatch(n -> n < each.size())));
    }
  }

  /** 80 of 260 samples three times each: all copies in one step, in different micro-batches. */
  @Test
  void repeatedSamplesMeetInAGlobalBatchAndNotInAMicroBatch() {
    Lanes lanes = lanes(new Repeated(3));
    int[] sum = new int[SAMPLES.count()];
    for (int epoch = 0; epoch < 13; epoch++) {
      int[] times = times(lanes, epoch);
      assertEquals(80, Arrays.stream(times).filter(n -> n == 3).count());
      assertEquals(180, Arrays.stream(times).filter(n -> n == 0).count());
      Arrays.setAll(sum, sample -> sum[sample] + times[sample]);
    }
    // 13 epochs of 80 samples are 1040 = 4 x 260.
    assertTrue(Arrays.stream(sum).allMatch(n -> n == 12));
    for (int step = 0; step < lanes.stepsPerEpoch(); step++) {
      Set<Integer> together = new HashSet<>();
      for (int lane = 0; lane < M; lane++) {
        int[] batch = lanes.microBatch(0, step, lane);
        assertEquals(B, Arrays.stream(batch).distinct().count());
        Arrays.stream(batch).forEach(together::add);
      }
      assertEquals(M * B / 3, together.size());
    }
  }

  @Test
  void theOrderDependsOnTheSeedAndMixesClasses() {
    Lanes one = lanes(new Balanced(1));
    Lanes same = lanes(new Balanced(1));
    Lanes other = new Lanes(SAMPLES, new Balanced(1), M, B, 8, new LaneSettings(8, 4));
    assertArrayEquals(one.microBatch(4, 2, 1), same.microBatch(4, 2, 1));
    assertNotEquals(
        Arrays.toString(one.microBatch(4, 2, 1)), Arrays.toString(other.microBatch(4, 2, 1)));
  }
}
