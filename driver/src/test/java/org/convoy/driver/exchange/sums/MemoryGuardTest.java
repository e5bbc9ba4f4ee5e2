package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MemoryGuardTest {

  @Test
  void memoryIsTakenBackWhenNobodyUsesItAnyMore() throws Exception {
    MemoryGuard guard = new MemoryGuard();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> user =
        CompletableFuture.runAsync(
            () ->
                guard.use(
                    () -> {
                      begun.countDown();
                      awaitQuietly(end);
                    }));
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    CompletableFuture<Void> owner = CompletableFuture.runAsync(guard::revoke);
    Thread.sleep(50);
    assertFalse(owner.isDone(), "while it is in use");
    end.countDown();
    owner.get(10, TimeUnit.SECONDS);
    user.get(10, TimeUnit.SECONDS);
    AtomicBoolean used = new AtomicBoolean();
    guard.use(() -> used.set(true));
    assertFalse(used.get(), "once it has been taken back");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertTrue(latch.await(10, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
