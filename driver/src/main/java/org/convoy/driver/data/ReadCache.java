package org.convoy.driver.data;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the values that were used last, up to a number of bytes. Thread-safe. One thread reads a
 * value while others wait for it; different values are read at the same time. Values are never
 * changed, so a thread may continue with one that is no longer kept.
 */
final class ReadCache<K, V extends ReadCache.Sized> {
  private final long limit;
  private final Map<K, Slot> kept = new LinkedHashMap<>(64, 0.75f, true);
  private long bytesKept;

  /**
   * An empty cache.
   *
   * @param limit most bytes that are kept
   */
  ReadCache(long limit) {
    this.limit = limit;
  }

  /** A value that knows its size. */
  interface Sized {
    long bytes();
  }

  /** Reads the value of a key. */
  @FunctionalInterface
  interface Read<K, V> {
    V read(K key) throws IOException;
  }

  /** The value of a key, which is read unless it is kept. If it cannot be read, nothing is kept. */
  V get(K key, Read<K, V> read) throws IOException {
    Slot slot;
    synchronized (kept) {
      slot = kept.computeIfAbsent(key, absent -> new Slot());
    }
    return slot.get(key, read);
  }

  /** Whether a value is kept, or is being read. */
  boolean has(K key) {
    synchronized (kept) {
      return kept.containsKey(key);
    }
  }

  /** The place of one value. */
  private final class Slot {
    private volatile Optional<V> value = Optional.empty();

    /** What is counted for it; guarded by the lock of all places. */
    private long bytes;

    V get(K key, Read<K, V> read) throws IOException {
      Optional<V> known = value;
      return known.isPresent() ? known.get() : load(key, read);
    }

    private synchronized V load(K key, Read<K, V> read) throws IOException {
      if (value.isPresent()) {
        return value.get();
      }
      boolean done = false;
      try {
        V loaded = read.read(key);
        value = Optional.of(loaded);
        count(key, this, loaded.bytes());
        done = true;
        return loaded;
      } finally {
        if (!done) {
          synchronized (kept) {
            kept.remove(key, this);
          }
        }
      }
    }
  }

  private void count(K key, Slot slot, long bytes) {
    synchronized (kept) {
      if (kept.get(key) != slot) {
        return;
      }
      slot.bytes = bytes;
      bytesKept += bytes;
      Iterator<Slot> eldest = kept.values().iterator();
      while (bytesKept > limit && eldest.hasNext()) {
        Slot next = eldest.next();
        if (next != slot && next.value.isPresent()) {
          bytesKept -= next.bytes;
          eldest.remove();
        }
      }
    }
  }
}
