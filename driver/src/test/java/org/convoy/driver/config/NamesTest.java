package org.convoy.driver.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.convoy.image.loader.OnBadImage;
import org.junit.jupiter.api.Test;

class NamesTest {
  @Test
  void constantsBecomeKebabCase() {
    assertEquals("float32", Names.ofConstant(Recipe.Precision.FLOAT32));
    assertEquals("skip", Names.ofConstant(OnBadImage.SKIP));
  }

  @Test
  void nearestForgivesTyposAndSeparators() {
    List<String> known = List.of("optimizer", "schedule", "learning-rate", "epochs", "seed");
    assertEquals(Optional.of("optimizer"), Names.nearest("optimiser", known));
    assertEquals(Optional.of("learning-rate"), Names.nearest("learningRate", known));
    assertEquals(Optional.of("schedule"), Names.nearest("shcedule", known));
    assertEquals(Optional.empty(), Names.nearest("momentum", known));
  }
}
