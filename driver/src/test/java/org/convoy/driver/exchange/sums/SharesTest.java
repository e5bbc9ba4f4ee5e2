package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How groups are dealt. */
final class SharesTest {
  @Test
  void theSlowestIsDoneTheEarliest() {
    assertEquals(List.of(4, 4), Shares.measured(new double[] {1, 1}, 8).groups());
    assertEquals(List.of(6, 2), Shares.measured(new double[] {1, 3}, 8).groups());
    assertEquals(List.of(3, 1, 4), Shares.measured(new double[] {2, 9, 1.5}, 8).groups());
    // Each has one, however slow it is.
    assertEquals(List.of(1, 7), Shares.measured(new double[] {1000, 1}, 8).groups());
    assertEquals(
        9.0, Shares.measured(new double[] {2, 9, 1.5}, 8).longest(new double[] {2, 9, 1.5}));
  }

  @Test
  void equalSharesAreTheRangesOfMicroBatches() {
    for (int executors = 1; executors <= 6; executors++) {
      Shares shares = Shares.equal(executors, 6);
      for (int rank = 0; rank < executors; rank++) {
        assertEquals(MicroBatches.range(rank, executors, 12, 6), shares.range(rank, 12));
      }
    }
  }

  @Test
  void rangesAreContiguousAndWhole() {
    Shares shares = new Shares(List.of(3, 1, 2));
    assertEquals(new MicroBatches(0, 6, 12, 6), shares.range(0, 12));
    assertEquals(new MicroBatches(6, 8, 12, 6), shares.range(1, 12));
    assertEquals(new MicroBatches(8, 12, 12, 6), shares.range(2, 12));
    assertThrows(IllegalArgumentException.class, () -> new Shares(List.of(3, 0)));
  }
}
