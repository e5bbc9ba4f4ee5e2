package org.convoy.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.convoy.optim.DecayMask.Range;
import org.junit.jupiter.api.Test;

class DecayMaskTest {
  @Test
  void joinsAdjacentRanges() {
    DecayMask mask = DecayMask.of(List.of(new Range(10, 20), new Range(0, 4), new Range(4, 6)));
    assertEquals(List.of(new Range(0, 6), new Range(10, 20)), mask.ranges());
    assertEquals(16, mask.count());
  }

  @Test
  void slicesCountFromTheirStart() {
    DecayMask mask = DecayMask.of(List.of(new Range(0, 6), new Range(10, 20)));
    assertEquals(List.of(new Range(0, 2), new Range(6, 8)), mask.slice(4, 12).ranges());
    assertEquals(List.of(), mask.slice(6, 10).ranges());
    assertEquals(new DecayMask(List.of(new Range(0, 5)), 1), mask.slice(12, 17));
  }

  @Test
  void aSliceKnowsWhichTensorsItHolds() {
    DecayMask tensors = new DecayMask(List.of(new Range(0, 6), new Range(6, 9), new Range(9, 20)));
    assertEquals(List.of(new Range(0, 2), new Range(2, 3)), tensors.slice(7, 10).ranges());
    assertEquals(1, tensors.slice(7, 10).first());
    assertEquals(2, tensors.slice(7, 20).slice(3, 5).first());
  }

  @Test
  void overlapsAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> DecayMask.of(List.of(new Range(0, 5), new Range(4, 6))));
    assertThrows(IllegalArgumentException.class, () -> new Range(3, 3));
    assertThrows(
        IllegalArgumentException.class,
        () -> new DecayMask(List.of(new Range(0, 5), new Range(4, 6))));
  }
}
