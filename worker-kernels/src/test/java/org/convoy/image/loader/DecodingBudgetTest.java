package org.convoy.image.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.convoy.image.transform.Preprocessing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DecodingBudgetTest {
  private static final int MIB = 1 << 20;

  @Test
  void anImageWaitsUntilItFits() throws Exception {
    DecodingBudget budget = new DecodingBudget(10 * MIB);
    DecodingBudget.Share first = budget.take(6 * MIB);
    DecodingBudget.Share second = budget.take(4 * MIB);
    CountDownLatch taken = new CountDownLatch(1);
    Thread third = waiter(budget, 5 * MIB, taken);
    second.close();
    assertFalse(taken.await(50, TimeUnit.MILLISECONDS));
    first.close();
    assertTrue(taken.await(10, TimeUnit.SECONDS));
    third.join();
  }

  @Test
  void anImageLargerThanTheBudgetIsDecodedAlone() throws Exception {
    DecodingBudget budget = new DecodingBudget(10 * MIB);
    DecodingBudget.Share small = budget.take(1);
    CountDownLatch taken = new CountDownLatch(1);
    Thread large = waiter(budget, 5000L * MIB, taken);
    assertFalse(taken.await(50, TimeUnit.MILLISECONDS));
    small.close();
    assertTrue(taken.await(10, TimeUnit.SECONDS));
    large.join();
    budget.take(10 * MIB).close();
  }

  private static Thread waiter(DecodingBudget budget, long bytes, CountDownLatch taken) {
    Thread thread =
        new Thread(
            () -> {
              try (DecodingBudget.Share share = budget.take(bytes)) {
                taken.countDown();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.start();
    return thread;
  }

  /**
   * Eight threads decode images as large as the budget, then larger ones: all are decoded, in
   * order.
   */
  @Test
  void aLoaderGoesOnWithABudgetOfOneImage() throws Exception {
    byte[] file = pgm(400, 300);
    Preprocessing small = Preprocessing.named("none", "cifar10", 3, 32, 32);
    for (long bytes : new long[] {3 * 400 * 300, 1}) {
      List<List<ImageSource>> batches = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        int id = 2 * i;
        batches.add(
            List.of(
                new ImageSource(id, "a", 0, () -> file),
                new ImageSource(id + 1, "b", 1, () -> file)));
      }
      LoaderOptions options = new LoaderOptions(2, 8, 3, OnBadImage.FAIL, bytes);
      try (BatchLoader loader = BatchLoader.forEvaluation(batches.iterator(), small, options)) {
        int count = 0;
        for (Optional<Batch> next = loader.next(); next.isPresent(); next = loader.next()) {
          try (Batch batch = next.get()) {
            assertEquals(2L * count++, batch.sampleIds()[0]);
          }
        }
        assertEquals(10, count);
      }
    }
  }

  /** Closing does not wait for threads that wait for memory. */
  @Test
  void closeInterruptsWaitingThreads() throws Exception {
    DecodingBudget budget = new DecodingBudget(MIB);
    try (DecodingBudget.Share all = budget.take(MIB);
        Preprocessor preprocessor =
            new Preprocessor(
                Preprocessing.named("none", "cifar10", 3, 32, 32),
                budget,
                Decoding.EXACT,
                Optional.empty())) {
      CountDownLatch interrupted = new CountDownLatch(1);
      Thread waiting =
          new Thread(
              () -> {
                try {
                  preprocessor.evaluate("it", pgm(64, 64), new float[3 * 32 * 32], 0);
                } catch (InterruptedException e) {
                  interrupted.countDown();
                } catch (java.io.IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      waiting.start();
      waiting.interrupt();
      assertTrue(interrupted.await(10, TimeUnit.SECONDS));
      waiting.join();
    }
  }

  private static byte[] pgm(int width, int height) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        String.format(Locale.ROOT, "P5 %d %d 255\n", width, height)
            .getBytes(StandardCharsets.UTF_8));
    out.writeBytes(new byte[width * height]);
    return out.toByteArray();
  }
}
