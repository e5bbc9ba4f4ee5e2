package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleReaderTest {

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  @Test
  void returnsTheSameBytesForAnyNumberOfHeldBytes() throws IOException {
    Path tar = Samples.tar(folder.resolve("t.tar"), paths(200));
    SampleIndex index = Samples.index(tar, "");
    for (int blockSize : new int[] {1, 3, 64, 1000}) {
      for (long held : new long[] {0, 5000, 1 << 24}) {
        try (SampleReader reader = new SampleReader(index, blockSize, held, Samples.HADOOP)) {
          for (int i = 0; i < 400; i++) {
            int sample = i * 37 % index.count();
            assertArrayEquals(Samples.contents(index.describe(sample)), reader.read(sample));
          }
        }
      }
    }
  }

  @Test
  void threadsShareOneReader() throws Exception {
    Path tar = Samples.tar(folder.resolve("t.tar"), paths(300));
    SampleIndex index = Samples.index(tar, "");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (SampleReader reader = new SampleReader(index, 16, 60_000, Samples.HADOOP)) {
      List<Future<Integer>> done = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int first = thread * 31;
        done.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 2000; i++) {
                    int sample = (first + i * 7) % index.count();
                    assertArrayEquals(
                        Samples.contents(index.describe(sample)), reader.read(sample));
                  }
                  return 2000;
                }));
      }
      for (Future<Integer> each : done) {
        assertEquals(2000, each.get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aTruncatedTarIsNamedForTheAffectedSamples() throws IOException {
    Path tar = Samples.tar(folder.resolve("t.tar"), paths(10));
    SampleIndex index = Samples.index(tar, "");
    int last = index.count() - 1;
    try (RandomAccessFile file = new RandomAccessFile(tar.toFile(), "rw")) {
      file.setLength(index.offset(last) + 2);
    }
    try (SampleReader reader = new SampleReader(index, 64, 1 << 20, Samples.HADOOP)) {
      assertArrayEquals(Samples.contents(index.describe(0)), reader.read(0));
      IOException error = assertThrows(IOException.class, () -> reader.read(last));
      assertEquals(
          "sample "
              + last
              + " ("
              + index.describe(last)
              + ") in file:"
              + tar
              + " at offset "
              + index.offset(last)
              + ": expected "
              + index.length(last)
              + " bytes, got 2",
          error.getMessage());
    }
  }

  @Test
  void aFileThatChangedIsNamed() throws IOException {
    for (String path : List.of("a/1.jpg", "a/2.jpg", "a/3.jpg")) {
      Samples.file(folder, path);
    }
    SampleIndex index = Samples.index(folder, "");
    Files.write(folder.resolve("a/1.jpg"), new byte[1]);
    Files.write(folder.resolve("a/2.jpg"), new byte[100_000]);
    Files.delete(folder.resolve("a/3.jpg"));
    try (SampleReader reader = new SampleReader(index, 64, 1 << 20, Samples.HADOOP)) {
      for (String[] each :
          new String[][] {{"0", "got 1"}, {"1", "got more"}, {"2", "cannot be read"}}) {
        IOException error =
            assertThrows(IOException.class, () -> reader.read(Integer.parseInt(each[0])));
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains(each[1]), message);
        assertTrue(message.startsWith("sample " + each[0] + " (a/"), message);
        assertTrue(message.contains("file:" + folder), message);
      }
    }
  }

  @Test
  void readsAfterCloseAreRefused() throws IOException {
    Path tar = Samples.tar(folder.resolve("t.tar"), paths(3));
    SampleReader reader = new SampleReader(Samples.index(tar, ""), 1, 1 << 20, Samples.HADOOP);
    reader.read(0);
    reader.close();
    reader.close();
    assertThrows(IllegalStateException.class, () -> reader.read(1));
  }

  /**
   * Measures processor time, because other programs share the machine. A CIFAR image costs a
   * training thread some hundred microseconds; the cost of reading must be negligible beside that.
   */
  @Test
  void aSmallSampleCostsLittle() throws IOException {
    SampleIndex index = Samples.index(Samples.real("cifar10.tar"), "train");
    ThreadMXBean processor = ManagementFactory.getThreadMXBean();
    for (int block : new int[] {16, 64}) {
      LaneSettings settings = new LaneSettings(block, 64);
      Lanes lanes = new Lanes(index.count(), 4, 32, 1, settings);
      double best = Double.MAX_VALUE;
      try (SampleReader reader = new SampleReader(index, block, 128 << 20, Samples.HADOOP)) {
        for (int epoch = 0; epoch < 2; epoch++) {
          long bytes = 0;
          long start = processor.getCurrentThreadCpuTime();
          for (int step = 0; step < lanes.stepsPerEpoch(); step++) {
            for (int lane = 0; lane < 4; lane++) {
              for (int sample : lanes.microBatch(epoch, step, lane)) {
                bytes += reader.read(sample).length;
              }
            }
          }
          double micros =
              (processor.getCurrentThreadCpuTime() - start) / 1e3 / (lanes.stepsPerEpoch() * 128.0);
          best = Math.min(best, micros);
          System.out.printf(
              Locale.ROOT,
              "block %d, epoch %d: %.2f microseconds a sample, %d bytes%n",
              block,
              epoch,
              micros,
              bytes);
        }
      }
      assertTrue(best < 15, "block " + block + ": " + best + " microseconds a sample");
    }
  }

  private static String[] paths(int count) {
    String[] paths = new String[count];
    for (int i = 0; i < count; i++) {
      paths[i] = "class" + i % 3 + "/" + i + ".jpg";
    }
    return paths;
  }
}
