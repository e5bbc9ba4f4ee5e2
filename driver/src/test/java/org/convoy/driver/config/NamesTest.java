package org.convoy.driver.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NamesTest {
  @Test
  void javaNamesBecomeKebabCase() {
    assertEquals("micro-batch-size", Names.kebab("microBatchSize"));
    assertEquals("random-resized-crop", Names.kebab("RandomResizedCrop"));
    assertEquals("synchronous-sum", Names.kebab("SYNCHRONOUS_SUM"));
    assertEquals("float32", Names.kebab("FLOAT32"));
  }

  @Test
  void nearestForgivesALetterOrTwoAndTheWayToJoinWords() {
    List<String> known = List.of("optimizer", "schedule", "learning-rate", "epochs", "seed");
    assertEquals(Optional.of("optimizer"), Names.nearest("optimiser", known));
    assertEquals(Optional.of("learning-rate"), Names.nearest("learningRate", known));
    assertEquals(Optional.of("schedule"), Names.nearest("shcedule", known));
    assertEquals(Optional.empty(), Names.nearest("momentum", known));
  }
}
