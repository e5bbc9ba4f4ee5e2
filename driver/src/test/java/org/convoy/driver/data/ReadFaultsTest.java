package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Storage that fails, that is slow, or that loses files while a run reads, and the cache. */
class ReadFaultsTest {
  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  private final Configuration hadoop = new Configuration();

  /** The local file system, with faults. */
  public static final class Faulty extends RawLocalFileSystem {
    static final AtomicInteger FAILURES = new AtomicInteger();
    static final AtomicInteger OPENED = new AtomicInteger();
    static final AtomicLong READ = new AtomicLong();
    static volatile int mostPerRead = Integer.MAX_VALUE;

    @Override
    public URI getUri() {
      return URI.create("faulty:///");
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int buffer) throws IOException {
      OPENED.incrementAndGet();
      FSDataInputStream in = super.open(path, buffer);
      return new FSDataInputStream(new FaultyStream(in));
    }
  }

  private static final class FaultyStream extends FSInputStream {
    private final FSDataInputStream in;

    FaultyStream(FSDataInputStream in) {
      this.in = in;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (Faulty.FAILURES.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new IOException("connection reset");
      }
      int got = in.read(into, from, Math.min(length, Faulty.mostPerRead));
      Faulty.READ.addAndGet(Math.max(0, got));
      return got;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return in.getPos();
    }

    @Override
    public boolean seekToNewSource(long target) {
      return false;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private SampleIndex tar() throws IOException {
    String[] paths = new String[40];
    for (int i = 0; i < paths.length; i++) {
      paths[i] = "dog/" + (100 + i) + ".jpg";
    }
    return index(Samples.tar(folder.resolve("set.tar"), paths));
  }

  private SampleIndex index(Path data) throws IOException {
    DataSet set = DataSet.at("faulty://" + data, hadoop);
    return SampleIndexer.local(hadoop).index(set.split(""));
  }

  @BeforeEach
  void reset() {
    hadoop.set("fs.faulty.impl", Faulty.class.getName());
    Faulty.FAILURES.set(0);
    Faulty.mostPerRead = Integer.MAX_VALUE;
  }

  private static void assertReadsAll(SampleIndex index, SampleReader reader) throws IOException {
    for (int i = 0; i < index.count(); i++) {
      assertArrayEquals(Samples.contents("dog/" + index.name(i)), reader.read(i), index.name(i));
    }
  }

  @Test
  void aReadThatFailsIsRepeated() throws IOException {
    SampleIndex index = tar();
    try (SampleReader reader = new SampleReader(index, 8, 1 << 20, hadoop)) {
      Faulty.FAILURES.set(3);
      assertReadsAll(index, reader);
    }
    Faulty.FAILURES.set(100);
    try (SampleReader reader = new SampleReader(index, 8, 0, hadoop)) {
      String message = assertThrows(IOException.class, () -> reader.read(3)).toString();
      assertTrue(
          message.contains("sample 3 (dog/103.jpg)") && message.contains("connection reset"),
          message);
    }
    assertTrue(Faulty.FAILURES.get() >= 90, "it gives up");
  }

  @Test
  void aShardThatVanishesIsNamedAndNotAskedForAgain() throws IOException {
    Path data = Files.createDirectories(folder.resolve("web"));
    for (int shard = 0; shard < 10; shard++) {
      Files.write(
          data.resolve(shard + ".tar"), Samples.tarOf("1.jpg", "image " + shard, "1.cls", "0"));
    }
    SampleIndex index = index(data);
    try (SampleReader reader = new SampleReader(index, 1, 0, hadoop)) {
      assertArrayEquals(Samples.bytes("image 2"), reader.read(2));
      Files.delete(data.resolve("7.tar"));
      int opened = Faulty.OPENED.get();
      String message = assertThrows(IOException.class, () -> reader.read(7)).toString();
      assertTrue(message.contains("sample 7") && message.contains("7.tar"), message);
      assertTrue(Faulty.OPENED.get() - opened <= 2, "as a block, and alone");
      assertArrayEquals(Samples.bytes("image 8"), reader.read(8));
    }
  }

  @Test
  void aTailThatIsCutOffIsNamed() throws IOException {
    SampleIndex index = tar();
    Path tar = folder.resolve("set.tar");
    byte[] whole = Files.readAllBytes(tar);
    int last = index.count() - 1;
    Files.write(tar, java.util.Arrays.copyOf(whole, (int) index.offset(last) + 3));
    try (SampleReader reader = new SampleReader(index, 8, 1 << 20, hadoop)) {
      String message = assertThrows(IOException.class, () -> reader.read(last)).toString();
      assertTrue(
          message.contains("sample 39")
              && message.contains("expected " + index.length(last) + " bytes, got 3"),
          message);
      assertArrayEquals(Samples.contents("dog/138.jpg"), reader.read(38));
    }
  }

  /** A store that gives a few bytes at a time. */
  @Test
  void aThrottledReaderGivesTheSameBytes() throws IOException {
    SampleIndex index = tar();
    Faulty.mostPerRead = 7;
    try (SampleReader reader = new SampleReader(index, 8, 1 << 20, hadoop)) {
      assertReadsAll(index, reader);
    }
  }

  @ParameterizedTest
  @EnumSource
  void laterEpochsComeFromTheCache(CachePlace place) throws IOException {
    SampleIndex index = tar();
    LaneSettings blocks = new LaneSettings(4, 1);
    SampleReader.Cached cached = new SampleReader.Cached(place, 1);
    try (SampleReader reader = SampleReader.of(index, blocks, cached, hadoop)) {
      assertReadsAll(index, reader);
      long first = Faulty.READ.get();
      assertReadsAll(index, reader);
      assertEquals(first, Faulty.READ.get(), "blocks in use are held anyway");
    }
    // A reader that holds no block between reads.
    try (ByteCache cache = ByteCache.of(place, 1 << 20)) {
      cache.put(3, Samples.bytes("abc"));
      cache.put(-1, new byte[1 << 20]);
      cache.put(4, Samples.bytes("de"));
      if (place == CachePlace.NONE) {
        assertTrue(cache.get(3).isEmpty());
        return;
      }
      assertArrayEquals(Samples.bytes("abc"), cache.get(3).orElseThrow());
      assertArrayEquals(Samples.bytes("de"), cache.get(4).orElseThrow());
      assertTrue(cache.get(-1).isEmpty(), "larger than what is left");
      assertEquals(5, cache.served());
    }
  }

  @Test
  void wholeFilesAreCachedToo() throws IOException {
    for (int i = 0; i < 5; i++) {
      Samples.file(folder.resolve("set"), "dog/" + i + ".jpg");
    }
    SampleIndex index = index(folder.resolve("set"));
    SampleReader.Cached cached = new SampleReader.Cached(CachePlace.DISK, 1);
    LaneSettings blocks = new LaneSettings(4, 1);
    try (SampleReader reader = SampleReader.of(index, blocks, cached, hadoop)) {
      assertReadsAll(index, reader);
      int opened = Faulty.OPENED.get();
      assertReadsAll(index, reader);
      assertEquals(opened, Faulty.OPENED.get());
      assertEquals(index.totalBytes(), reader.bytesFromCache());
    }
  }
}
