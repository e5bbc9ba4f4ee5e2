package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Chunks on their way from a {@link VectorMemory} to the host, in the order of their fetches. */
final class ComingChunks {
  private record Coming(int chunk, Runnable arrival) {}

  private final List<Coming> coming = new ArrayList<>();

  /**
   * Notes a chunk that is being fetched.
   *
   * @param arrival waits until it is there
   */
  void add(int chunk, Runnable arrival) {
    coming.add(new Coming(chunk, arrival));
  }

  /** Takes each chunk as soon as it is there, while later ones are still on their way. */
  void takeAll(IntConsumer taker) {
    for (Coming next : coming) {
      next.arrival().run();
      taker.accept(next.chunk());
    }
    coming.clear();
  }
}
