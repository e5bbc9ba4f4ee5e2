package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidationShareTest {

  @ParameterizedTest
  @CsvSource({
    "0, 4, 3",
    "1, 4, 3",
    "10, 4, 1",
    "10, 4, 2",
    "10000, 32, 4",
    "17, 1, 5",
    "33, 8, 13",
    "2147483647, 1048576, 7"
  })
  void everySampleBelongsToOneShare(int count, int batchSize, int executors) {
    long next = 0;
    int most = 0;
    int least = Integer.MAX_VALUE;
    for (int rank = 0; rank < executors; rank++) {
      ValidationShare share = ValidationShare.of(count, batchSize, executors, rank);
      most = Math.max(most, share.batches());
      least = Math.min(least, share.batches());
      next += share.samples();
    }
    assertEquals(count, next);
    assertTrue(most - least <= 1);
  }

  @Test
  void batchesAreTheSameForEveryNumberOfExecutors() {
    List<String> one = batches(1);
    for (int executors = 2; executors < 12; executors++) {
      assertEquals(one, batches(executors));
    }
    assertArrayEquals(new int[] {96, 97, 98, 99}, ValidationShare.of(100, 8, 2, 1).batch(6));
  }

  @Test
  void wrongPlacesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> ValidationShare.of(10, 4, 2, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> ValidationShare.of(10, 4, 2, 1).batch(2));
  }

  private static List<String> batches(int executors) {
    List<String> all = new ArrayList<>();
    for (int rank = 0; rank < executors; rank++) {
      ValidationShare share = ValidationShare.of(100, 8, executors, rank);
      for (int batch = 0; batch < share.batches(); batch++) {
        all.add(java.util.Arrays.toString(share.batch(batch)));
      }
    }
    return all;
  }
}
