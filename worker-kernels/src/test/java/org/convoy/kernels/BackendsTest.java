package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
  void requestsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> PlanRequest.training(0));
    assertThrows(
        IllegalArgumentException.class, () -> PlanRequest.inference(1).withInputGradient());
  }
}
