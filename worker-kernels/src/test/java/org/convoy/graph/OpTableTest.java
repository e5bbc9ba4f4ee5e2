package org.convoy.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A table knows every op or is none. */
class OpTableTest {
  private static OpTable.Builder<String> filledBut(Class<?>... left) {
    OpTable.Builder<String> table = OpTable.of("words");
    Set<Class<?>> missing = new HashSet<>(List.of(left));
    OpTable.ops().stream()
        .filter(op -> !missing.contains(op))
        .forEach(op -> table.on(op, Op::word));
    return table;
  }

  @Test
  void aMissingOpIsNamed() {
    OpTable.Builder<String> table = filledBut(Pad.class, Linear.class);
    assertEquals(
        "table words has no entry for Linear, Pad",
        assertThrows(IllegalStateException.class, table::build).getMessage());
  }

  @Test
  void twoEntriesForOneOpAreRefused() {
    OpTable.Builder<String> table = filledBut(Pad.class).refuse(Pad.class, "none");
    String message = "table words has two entries for Pad";
    assertEquals(
        message,
        assertThrows(IllegalStateException.class, () -> table.on(Pad.class, Op::word))
            .getMessage());
    assertEquals(
        message,
        assertThrows(IllegalStateException.class, () -> table.refuse(Pad.class, "still none"))
            .getMessage());
  }

  @Test
  void handlersGetTheirOpAndRefusalsSayWhy() {
    OpTable<String> table =
        filledBut(Linear.class, Pad.class)
            .on(Linear.class, op -> op.outFeatures() + " features")
            .refuse(Pad.class, "zeros are not to be had")
            .build();
    assertEquals("7 features", table.get(Linear.of(7)));
    assertEquals("softmax", table.get(new Softmax()));
    assertEquals(Map.of(Pad.class, "zeros are not to be had"), table.refusals());
    Pad pad = new Pad(List.of(1), List.of(1));
    assertEquals(
        "words: no pad: zeros are not to be had",
        assertThrows(UnsupportedOperationException.class, () -> table.get(pad)).getMessage());
  }

  /** The two lists of ops, what a graph may hold and what {@code model.json} can name, agree. */
  @Test
  void everyOpHasANameInFiles() {
    Set<Class<?>> named =
        Arrays.stream(Op.class.getAnnotation(JsonSubTypes.class).value())
            .map(JsonSubTypes.Type::value)
            .collect(Collectors.toSet());
    assertEquals(new HashSet<Class<?>>(OpTable.ops()), named);
  }
}
