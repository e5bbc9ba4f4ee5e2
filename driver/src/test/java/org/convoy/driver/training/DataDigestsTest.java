package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DataDigestsTest {
  private static final DataDigests NOW = new DataDigests("aa", "bb cc");

  @Test
  void theSameDataAndCheckpointsWithoutDigestsPass() {
    assertEquals(Optional.empty(), NOW.requireSame(NOW.toJson(), "step 3", "pets.tar"));
    assertEquals(
        Optional.empty(), NOW.requireSame(MissingNode.getInstance(), "step 3", "pets.tar"));
  }

  @Test
  void otherTrainingImagesAreRefused() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> NOW.requireSame(new DataDigests("ab", "bb cc").toJson(), "step 3", "pets.tar"));
    assertTrue(
        String.valueOf(refusal.getMessage())
            .contains("step 3 was made with other images than are now at pets.tar"),
        refusal.getMessage());
  }

  @Test
  void otherValidationImagesAreAWarning() {
    for (String then : new String[] {"", "bb cd"}) {
      String warning =
          NOW.requireSame(new DataDigests("aa", then).toJson(), "step 3", "pets.tar").orElse("");
      assertTrue(warning.contains("the validation images of pets.tar are others"), warning);
    }
  }
}
