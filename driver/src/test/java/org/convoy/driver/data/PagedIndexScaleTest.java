package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An index in files of a data set whose shards are made up: empty files, of which the scan says
 * what would be in them. {@code -Dconvoy.index.samples=100000000} with a heap of 1 GB measures a
 * hundred million samples in 10,000 shards.
 */
class PagedIndexScaleTest {
  private static final int PER_SHARD = 10_000;
  private static final int CLASSES = 1000;
  private static final int SAMPLES = Integer.getInteger("convoy.index.samples", 500_000);
  private static final int LANES = 64;
  private static final int BATCH = 32;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  /** Class and length follow from the number of the sample. */
  private static void madeUp(
      ShardedFormat.Shard shard,
      org.apache.hadoop.fs.FSDataInputStream in,
      boolean withContents,
      SampleIndexBuilder found)
      throws IOException {
    int first = Integer.parseInt(shard.name().substring(6, 11)) * PER_SHARD;
    long offset = 512;
    for (int sample = first; sample < first + PER_SHARD; sample++) {
      int length = length(sample);
      found.add(
          "n" + (10_000_000 + label(sample)),
          shard.name() + ":" + (100_000_000 + sample) + ".jpg",
          shard.uri(),
          offset,
          length,
          sample + 1L);
      offset += 1536 + (length + 511) / 512 * 512;
    }
  }

  private static int label(int sample) {
    return (int) (sample * 7919L % CLASSES);
  }

  private static int length(int sample) {
    return 80_000 + sample % 50_000;
  }

  @Test
  void anIndexNeedsMemoryForItsShardsAlone() throws Exception {
    List<ShardedFormat.Shard> shards = new ArrayList<>();
    for (int i = 0; i < SAMPLES / PER_SHARD; i++) {
      String name = String.format(Locale.ROOT, "train-%05d.tar", i);
      Path file = Files.createFile(folder.resolve(name));
      shards.add(new ShardedFormat.Shard(file.toUri().toString(), name, 0));
    }
    DataSplit split = new DataSet(folder.toUri().toString(), DataFormat.WEBDATASET).split("");
    Configuration hadoop = new Configuration();
    FaultyFiles.install(hadoop);
    String parts = "faulty://" + folder.resolve("parts");
    long start = System.nanoTime();
    PagedListing listing =
        PagedListing.of(
            split, shards, PagedIndexScaleTest::madeUp, parts, new ScanJobs.Local(hadoop));
    PagedHead head = listing.head(split, "stamp", parts, hadoop);
    double listed = seconds(start);
    byte[] json = head.toJson();

    start = System.nanoTime();
    int opened = FaultyFiles.OPENED.get();
    int reads = FaultyFiles.READS.get();
    long bytes = FaultyFiles.READ.get();
    SampleIndex index = indexOf(PagedHead.of(json), hadoop);
    assertEquals(SAMPLES, index.count());
    Lanes lanes =
        new Lanes(index, new Uniform(), LANES, BATCH, 1, LaneSettings.fitting(index, LANES));
    int step = lanes.stepsPerEpoch() / 2;
    Set<Integer> pages = new HashSet<>();
    Set<Integer> met = new HashSet<>();
    FaultyFiles.together(4);
    long used = 0;
    for (int lane = 0; lane < LANES; lane++) {
      int[] samples = lanes.microBatch(3, step, lane);
      index.load(samples);
      for (int sample : samples) {
        assertEquals(label(sample), index.label(sample));
        assertEquals(length(sample), index.length(sample));
        pages.add(sample / PER_SHARD << 16 | sample % PER_SHARD / IndexPart.PAGE);
        met.add(sample / PER_SHARD);
        used++;
      }
    }
    double resumed = seconds(start);
    assertEquals((long) LANES * BATCH, used);
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    System.out.println(
        String.format(
            Locale.ROOT,
            "%,d samples in %,d shards: listed in %.1f s; head of %,d bytes; a global batch of"
                + " %,d in mid-epoch after %.2f s; %,d MiB of heap in use of %,d",
            SAMPLES,
            shards.size(),
            listed,
            json.length,
            used,
            resumed,
            (runtime.totalMemory() - runtime.freeMemory()) >> 20,
            runtime.maxMemory() >> 20));
    assertTrue(json.length < 1000L * shards.size() + 100_000, "bytes that are sent");
    assertFalse(FaultyFiles.wasAlone(), "pages are read at the same time");
    assertEquals(pages.size(), FaultyFiles.OPENED.get() - opened, "a page is read once");
    assertEquals(pages.size() + met.size(), FaultyFiles.READS.get() - reads, "a page is one read");
    assertTrue(
        FaultyFiles.READ.get() - bytes < 5000L * pages.size() + 33_000L * met.size(),
        "bytes that are read");
  }

  private static SampleIndex indexOf(PagedHead head, Configuration hadoop) {
    return new SampleIndex(
        head.title(), head.classes().toArray(String[]::new), new PagedColumns(head, hadoop), 0);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }
}
