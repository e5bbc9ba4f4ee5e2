package org.convoy.driver.data;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Caches the most recently used blocks of a reader, up to a number of bytes. Thread-safe; only one
 * thread fetches a block.
 */
final class BlockCache {

  /** The result of a fetch for a block that must not be held. */
  static final Fetched NOTHING = new Fetched(0, new byte[0]);

  private final long limit;
  private final Map<Integer, Block> held = new LinkedHashMap<>(64, 0.75f, true);
  private long bytesHeld;

  BlockCache(long limit) {
    this.limit = limit;
  }

  /** The bytes of a block and their position in the file. */
  @SuppressWarnings("ArrayRecordComponent") // It is never compared or changed.
  record Fetched(long start, byte[] bytes) {}

  /** Fetches a block by its number. */
  @FunctionalInterface
  interface Fetch {
    Fetched fetch(int block) throws IOException;
  }

  long limit() {
    return limit;
  }

  /** The block with this number. Its bytes may not be fetched yet. */
  Block get(int number) {
    synchronized (held) {
      return held.computeIfAbsent(number, Block::new);
    }
  }

  private void count(Block block, int bytes) {
    synchronized (held) {
      if (held.get(block.number) != block) {
        return;
      }
      bytesHeld += bytes;
      Iterator<Block> eldest = held.values().iterator();
      while (bytesHeld > limit && eldest.hasNext()) {
        Block next = eldest.next();
        if (next != block && next.isFetched) {
          bytesHeld -= next.fetched.bytes().length;
          eldest.remove();
        }
      }
      block.isFetched = true;
    }
  }

  private void failed(Block block) {
    synchronized (held) {
      held.remove(block.number, block);
    }
  }

  /**
   * One block. Its bytes are never written after they are fetched, so readers may continue with an
   * evicted block.
   */
  final class Block {
    private final int number;
    private volatile Fetched fetched = NOTHING;
    private volatile boolean isReady;

    /** Whether its bytes are counted; guarded by the cache's lock. */
    private boolean isFetched;

    private Block(int number) {
      this.number = number;
    }

    /**
     * The bytes of the block. The first caller fetches them while others wait. Empty if the block
     * must not be held.
     */
    byte[] bytes(Fetch fetch) throws IOException {
      if (!isReady) {
        load(fetch);
      }
      return fetched.bytes();
    }

    long start() {
      return fetched.start();
    }

    private synchronized void load(Fetch fetch) throws IOException {
      if (isReady) {
        return;
      }
      boolean done = false;
      try {
        fetched = fetch.fetch(number);
        isReady = true;
        done = true;
      } finally {
        if (!done) {
          failed(this);
        }
      }
      count(this, fetched.bytes().length);
    }
  }
}
