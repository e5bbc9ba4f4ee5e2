package org.convoy.kernels.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.convoy.graph.Input;
import org.junit.jupiter.api.Test;

class RulesTest {
  /** The table itself fails where an op is missing; here nothing is refused but the input. */
  @Test
  void everyOpIsComputed() {
    assertEquals(Set.of(Input.class), Rules.TABLE.refusals().keySet());
  }
}
