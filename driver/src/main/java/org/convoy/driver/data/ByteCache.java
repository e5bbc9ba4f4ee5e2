package org.convoy.driver.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was read, up to a number of bytes. What is in stays in: an epoch reads everything
 * once, so whatever was dropped for newer bytes would be missed before those are used. Thread-safe.
 */
final class ByteCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ByteCache.class);

  private final Storage storage;
  private final long limit;
  private final Map<Long, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicLong served = new AtomicLong();
  private long filled;

  private record Entry(long at, int length) {}

  /** Bytes by their places. */
  private interface Storage extends AutoCloseable {
    /** The place from which on an entry of this length can be written. */
    long place(long next, int length);

    void write(long at, byte[] bytes) throws IOException;

    void read(long at, byte[] into) throws IOException;

    @Override
    void close() throws IOException;
  }

  private ByteCache(Storage storage, long limit) {
    this.storage = storage;
    this.limit = limit;
  }

  /**
   * An empty cache.
   *
   * @param limit the most bytes that it takes
   * @throws IOException if there is no file for it
   */
  static ByteCache of(CachePlace place, long limit) throws IOException {
    return switch (place) {
      case NONE -> new ByteCache(new Memory(), 0);
      case MEMORY -> new ByteCache(new Memory(), limit);
      case DISK -> new ByteCache(new Disk(), limit);
    };
  }

  /** What was kept under a key. */
  Optional<byte[]> get(long key) throws IOException {
    Entry entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    byte[] bytes = new byte[entry.length()];
    storage.read(entry.at(), bytes);
    served.addAndGet(bytes.length);
    return Optional.of(bytes);
  }

  /** Keeps bytes if there is room. A disk that is full makes the cache smaller and is no error. */
  void put(long key, byte[] bytes) {
    long at;
    synchronized (this) {
      at = storage.place(filled, bytes.length);
      if (entries.containsKey(key) || at + bytes.length > limit) {
        return;
      }
      filled = at + bytes.length;
    }
    try {
      storage.write(at, bytes);
      entries.put(key, new Entry(at, bytes.length));
    } catch (IOException | OutOfMemoryError e) {
      LOG.warn("data.cache keeps no more than it has: {}", e.toString());
      synchronized (this) {
        filled = limit;
      }
    }
  }

  /** Bytes that were read from here instead of from the data set. */
  long served() {
    return served.get();
  }

  @Override
  public void close() throws IOException {
    entries.clear();
    storage.close();
  }

  /** Direct buffers, one after the other. An entry is in one of them. */
  private static final class Memory implements Storage {
    private static final int SLAB = 16 << 20;

    private final List<ByteBuffer> slabs = new ArrayList<>();

    @Override
    public long place(long next, int length) {
      long left = SLAB - next % SLAB;
      return length <= left ? next : length > SLAB ? Long.MAX_VALUE - length : next + left;
    }

    @Override
    public void write(long at, byte[] bytes) {
      slab(at).put((int) (at % SLAB), bytes);
    }

    @Override
    public void read(long at, byte[] into) {
      slab(at).get((int) (at % SLAB), into);
    }

    private synchronized ByteBuffer slab(long at) {
      int number = (int) (at / SLAB);
      while (slabs.size() <= number) {
        slabs.add(ByteBuffer.allocateDirect(SLAB));
      }
      return slabs.get(number);
    }

    @Override
    public synchronized void close() {
      slabs.clear();
    }
  }

  /** A file that has no name any more, so that nothing is left of it, however the process ends. */
  private static final class Disk implements Storage {
    private final FileChannel file;

    Disk() throws IOException {
      Path path = Files.createTempFile("convoy-cache", ".bytes");
      file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      Files.delete(path);
    }

    @Override
    public long place(long next, int length) {
      return next;
    }

    @Override
    public void write(long at, byte[] bytes) throws IOException {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      while (from.hasRemaining()) {
        file.write(from, at + from.position());
      }
    }

    @Override
    public void read(long at, byte[] into) throws IOException {
      ByteBuffer to = ByteBuffer.wrap(into);
      while (to.hasRemaining()) {
        if (file.read(to, at + to.position()) < 0) {
          throw new EOFException("data.cache: the file ends before " + (at + into.length));
        }
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
