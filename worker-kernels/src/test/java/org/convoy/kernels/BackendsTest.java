package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.junit.jupiter.api.Test;

class BackendsTest {

  @Test
  void everyBackendGoesByItsName() {
    for (Backend backend : Backends.all()) {
      assertSame(backend, Backends.get(backend.name()));
    }
    assertEquals("nd4j", Backends.get("nd4j").name());
  }

  @Test
  void aNameThatIsNotThereIsAnsweredWithThoseThatAre() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Backends.get("cudnn2")).toString();
    assertTrue(message.contains("cudnn2") && message.contains("nd4j"), message);
  }

  @Test
  void theReferenceSaysWhichPrecisionsItHas() {
    PlanRequest request = PlanRequest.training(1).precision(Precision.BFLOAT16);
    String message =
        assertThrows(
                UnsupportedOperationException.class,
                () ->
                    Backends.get("nd4j")
                        .compile(Value.input(Shape.of(3)).linear("fc", 2).graph("tiny"), request))
            .getMessage();
    assertEquals("nd4j computes in FLOAT32 or FLOAT64, asked for BFLOAT16", message);
  }

  @Test
  void requestsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> PlanRequest.training(0));
    assertThrows(
        IllegalArgumentException.class, () -> PlanRequest.inference(1).withInputGradient());
  }
}
