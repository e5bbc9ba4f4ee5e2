package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
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
    FaultyFiles.install(hadoop);
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
      FaultyFiles.FAILURES.set(3);
      assertReadsAll(index, reader);
    }
    FaultyFiles.FAILURES.set(100);
    try (SampleReader reader = new SampleReader(index, 8, 0, hadoop)) {
      String message = assertThrows(IOException.class, () -> reader.read(3)).toString();
      assertTrue(
          message.contains("sample 3 (dog/103.jpg)") && message.contains("connection reset"),
          message);
    }
    assertTrue(FaultyFiles.FAILURES.get() >= 90, "it gives up");
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
      int opened = FaultyFiles.OPENED.get();
      String message = assertThrows(IOException.class, () -> reader.read(7)).toString();
      assertTrue(message.contains("sample 7") && message.contains("7.tar"), message);
      assertTrue(FaultyFiles.OPENED.get() - opened <= 2, "as a block, and alone");
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

  @Test
  void bytesAreCountedByTheirDistance() throws IOException {
    for (int i = 0; i < 6; i++) {
      Samples.file(folder.resolve("set"), "dog/" + i + ".jpg");
    }
    SampleIndex index = index(folder.resolve("set"));
    FaultyFiles.near("/dog/2");
    ReadDistances before = ReadDistances.now();
    assertTrue(Double.isNaN(before.since(before).localShare()), "nothing was read");
    try (SampleReader reader = new SampleReader(index, 8, 0, hadoop)) {
      assertReadsAll(index, reader);
    }
    ReadDistances read = ReadDistances.now().since(before);
    assertEquals(new ReadDistances(index.length(2), index.totalBytes()), read);
    ReadDistances twice = ReadDistances.sum(java.util.List.of(read, read));
    assertEquals((double) index.length(2) / index.totalBytes(), twice.localShare());
  }

  /** A store that gives a few bytes at a time. */
  @Test
  void aThrottledReaderGivesTheSameBytes() throws IOException {
    SampleIndex index = tar();
    FaultyFiles.mostPerRead(7);
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
      long first = FaultyFiles.READ.get();
      assertReadsAll(index, reader);
      assertEquals(first, FaultyFiles.READ.get(), "blocks in use are held anyway");
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
      int opened = FaultyFiles.OPENED.get();
      assertReadsAll(index, reader);
      assertEquals(opened, FaultyFiles.OPENED.get());
      assertEquals(index.totalBytes(), reader.bytesFromCache());
    }
  }
}
