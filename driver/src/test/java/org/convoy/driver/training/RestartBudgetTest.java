package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RestartBudgetTest {
  private long minutes;

  @Test
  void restartsOfAnHourCount() {
    RestartBudget budget = new RestartBudget(2, () -> TimeUnit.MINUTES.toNanos(minutes));
    assertTrue(budget.take());
    minutes = 30;
    assertTrue(budget.take());
    minutes = 59;
    assertFalse(budget.take());
    // The first is an hour old.
    minutes = 60;
    assertTrue(budget.take());
    assertFalse(budget.take());
    minutes = 90;
    assertTrue(budget.take());
  }

  @Test
  void noneIsAllowedIfTheRecipeSaysSo() {
    assertFalse(new RestartBudget(0, System::nanoTime).take());
  }
}
