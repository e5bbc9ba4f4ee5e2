package org.convoy.image.loader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchQueueTest {
  private static final int MEBIBYTE = 1 << 20;

  private final BatchBuffer buffer = new BatchBuffer(3, 1);

  private BatchQueue queue(int images) {
    List<ImageSource> batch =
        IntStream.range(0, images)
            .mapToObj(i -> new ImageSource(i, "image-" + i, 0, () -> new byte[0]))
            .toList();
    return new BatchQueue(List.of(batch).iterator(), List.of(buffer));
  }

  @AfterEach
  void close() {
    buffer.close();
  }

  @Test
  void aThreadDecodesWhatItHasRead() throws Exception {
    BatchQueue queue = queue(1);
    BatchQueue.Work work = queue.take().orElseThrow();
    assertTrue(work.file().isEmpty());
    assertFalse(queue.leave(work, new byte[1]));
    queue.giveBack(buffer);
    assertTrue(queue.take().isEmpty());
  }

  @Test
  void filesReadInAPauseAreDecodedFirstAndInOrder() throws Exception {
    BatchQueue queue = queue(3);
    queue.pause(true);
    for (byte i = 0; i < 2; i++) {
      assertTrue(queue.leave(queue.take().orElseThrow(), new byte[] {i}));
    }
    queue.pause(false);
    for (byte i = 0; i < 2; i++) {
      BatchQueue.Work work = queue.take().orElseThrow();
      assertEquals(i, work.index());
      assertArrayEquals(new byte[] {i}, work.file().orElseThrow());
    }
    BatchQueue.Work last = queue.take().orElseThrow();
    assertEquals(2, last.index());
    assertTrue(last.file().isEmpty());
  }

  @Test
  void readsNoMoreThanItHasRoomForInAPause() throws Exception {
    BatchQueue queue = queue(3);
    queue.pause(true);
    queue.leave(queue.take().orElseThrow(), new byte[40 * MEBIBYTE]);
    Thread thread = new Thread(() -> takes(queue));
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    queue.pause(false);
    thread.join();
    assertEquals(1, queue.take().orElseThrow().index());
  }

  private static void takes(BatchQueue queue) {
    try {
      queue.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
