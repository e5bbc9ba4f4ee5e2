package org.convoy.image.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.Pointer;
import org.convoy.image.Sha256;
import org.convoy.image.codec.ImageDecodeException;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.Preprocessing;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchLoaderTest {
  private static final int IMAGES = 22;
  private static final List<ShapeKind> KINDS = List.of(ShapeKind.values());
  private static final Preprocessing SMALL =
      Preprocessing.named("pad-crop-flip", "cifar10", 3, 32, 32);
  private static final List<byte[]> FILES = new ArrayList<>();

  @BeforeAll
  static void draw() {
    ShapesGenerator generator = new ShapesGenerator(ShapesSettings.defaults());
    for (int i = 0; i < IMAGES; i++) {
      FILES.add(generator.draw(ShapesGenerator.Split.TRAIN, KINDS.get(i % 10), i));
    }
  }

  private static ImageSource good(int i) {
    return new ImageSource(1000L + i, "image-" + i, i % 10, () -> FILES.get(i));
  }

  private static ImageSource bad(int i) {
    return new ImageSource(1000L + i, "bad-" + i, i % 10, () -> new byte[] {1, 2, 3});
  }

  /** All images in batches of 4: five full batches and one of two images. */
  private static List<List<ImageSource>> batches(int... badOnes) {
    List<List<ImageSource>> batches = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      if (i % 4 == 0) {
        batches.add(new ArrayList<>());
      }
      int index = i;
      boolean isBad = java.util.Arrays.stream(badOnes).anyMatch(b -> b == index);
      batches.get(i / 4).add(isBad ? bad(i) : good(i));
    }
    return batches;
  }

  private static LoaderOptions options(int threads, int ahead, OnBadImage policy) {
    return new LoaderOptions(4, threads, ahead, policy);
  }

  /** Every float, label, id and weight, in order, as one digest. */
  private static String digest(BatchLoader loader) throws Exception {
    StringBuilder text = new StringBuilder();
    for (Optional<Batch> next = loader.next(); next.isPresent(); next = loader.next()) {
      try (Batch batch = next.get()) {
        assertEquals(0, batch.images().address() % 64);
        text.append(batch.size());
        for (int i = 0; i < batch.capacity(); i++) {
          text.append(' ').append(batch.labels()[i]).append(' ').append(batch.sampleIds()[i]);
          text.append(' ').append(batch.weights()[i]);
        }
        float[] floats = new float[batch.capacity() * SMALL.floatsPerImage()];
        batch.imagesBuffer().get(floats);
        text.append(' ').append(java.util.Arrays.hashCode(floats)).append('\n');
      }
    }
    return Sha256.of(text.toString());
  }

  @Test
  void threadsAreNotPartOfTheResult() throws Exception {
    String one;
    try (BatchLoader loader =
        BatchLoader.forTraining(
            batches(5, 21).iterator(), SMALL, 9, 2, options(1, 1, OnBadImage.SKIP))) {
      one = digest(loader);
    }
    for (int threads : new int[] {2, 3, 8}) {
      try (BatchLoader loader =
          BatchLoader.forTraining(
              batches(5, 21).iterator(), SMALL, 9, 2, options(threads, threads, OnBadImage.SKIP))) {
        assertEquals(one, digest(loader));
      }
    }
    try (BatchLoader otherEpoch =
        BatchLoader.forTraining(
            batches(5, 21).iterator(), SMALL, 9, 3, options(2, 2, OnBadImage.SKIP))) {
      assertNotEquals(one, digest(otherEpoch));
    }
  }

  @Test
  void deliversTheOutputOfThePreprocessor() throws Exception {
    float[] expected = new float[SMALL.floatsPerImage()];
    float[] got = new float[SMALL.floatsPerImage()];
    try (BatchLoader loader =
            BatchLoader.forTraining(
                batches().iterator(), SMALL, 9, 2, options(2, 2, OnBadImage.FAIL));
        Preprocessor preprocessor = new Preprocessor(SMALL)) {
      for (int number = 0; number < IMAGES; number += 4) {
        try (Batch batch = loader.next().orElseThrow()) {
          assertEquals(Math.min(4, IMAGES - number), batch.size());
          for (int i = 0; i < batch.size(); i++) {
            CounterRandom sample = CounterRandom.forSample(9, 2, 1000L + number + i);
            preprocessor.train("it", FILES.get(number + i), sample, expected, 0);
            batch.imagesBuffer().get(i * expected.length, got);
            assertTrue(java.util.Arrays.equals(expected, got), "image " + (number + i));
            assertEquals((number + i) % 10, batch.labels()[i]);
          }
        }
      }
      assertTrue(loader.next().isEmpty());
      assertTrue(loader.next().isEmpty());
    }
  }

  @Test
  void skipKeepsThePositionAndNamesTheImage() throws Exception {
    try (BatchLoader loader =
        BatchLoader.forEvaluation(
            batches(1, 2, 20).iterator(), SMALL, options(2, 2, OnBadImage.SKIP))) {
      List<BadImage> bad = new ArrayList<>();
      float[] floats = new float[SMALL.floatsPerImage()];
      int batches = 0;
      for (Optional<Batch> next = loader.next(); next.isPresent(); next = loader.next()) {
        try (Batch batch = next.get()) {
          bad.addAll(batch.badImages());
          for (int i = 0; i < batch.capacity(); i++) {
            int number = 4 * batches + i;
            boolean counts = number < IMAGES && number != 1 && number != 2 && number != 20;
            assertEquals(counts ? 1 : 0, batch.weights()[i], "weight of " + number);
            assertEquals(number < IMAGES ? 1000 + number : -1, batch.sampleIds()[i]);
            batch.imagesBuffer().get(i * floats.length, floats);
            boolean zero = true;
            for (float value : floats) {
              zero &= value == 0;
            }
            assertEquals(!counts, zero, "zeros of " + number);
          }
        }
        batches++;
      }
      assertEquals(6, batches);
      String reason =
          "no image: its 3 bytes begin with 01 02 03; JPEG, PNG, WebP, TIFF, BMP, PNM (PGM, PPM,"
              + " PBM) are read";
      assertEquals(
          List.of(
              new BadImage(1001, "bad-1", reason),
              new BadImage(1002, "bad-2", reason),
              new BadImage(1020, "bad-20", reason)),
          bad);
    }
  }

  @Test
  void failNamesTheFirstBadImageOnAnyThread() throws Exception {
    for (int threads = 1; threads <= 4; threads++) {
      try (BatchLoader loader =
          BatchLoader.forEvaluation(
              batches(5, 6).iterator(), SMALL, options(threads, 3, OnBadImage.FAIL))) {
        loader.next().orElseThrow().close();
        ImageDecodeException failure = assertThrows(ImageDecodeException.class, loader::next);
        assertEquals(
            "image bad-5 does not decode: no image: its 3 bytes begin with 01 02 03; JPEG, PNG,"
                + " WebP, TIFF, BMP, PNM (PGM, PPM, PBM) are read",
            failure.getMessage());
      }
    }
  }

  /** This also holds if the bytes of the file do not fit. */
  @Test
  void anImageWithoutMemoryIsABadImage() throws Exception {
    ImageSource huge =
        new ImageSource(
            7,
            "huge.png",
            0,
            () -> {
              throw new OutOfMemoryError("Java heap space");
            });
    try (BatchLoader loader =
        BatchLoader.forEvaluation(
            List.of(List.of(huge, good(1))).iterator(), SMALL, options(1, 1, OnBadImage.SKIP))) {
      try (Batch batch = loader.next().orElseThrow()) {
        assertEquals(
            List.of(new BadImage(7, "huge.png", "no memory for it (Java heap space)")),
            batch.badImages());
        assertEquals(1, batch.weights()[1]);
      }
    }
  }

  @Test
  void aFileThatCannotBeReadFailsUnderEitherPolicy() throws Exception {
    ImageSource gone =
        new ImageSource(
            7,
            "gone.jpg",
            0,
            () -> {
              throw new IOException("no such file");
            });
    for (OnBadImage policy : OnBadImage.values()) {
      try (BatchLoader loader =
          BatchLoader.forEvaluation(
              List.of(List.of(gone)).iterator(), SMALL, options(1, 1, policy))) {
        IOException failure = assertThrows(IOException.class, loader::next);
        assertEquals("image gone.jpg could not be read: no such file", failure.getMessage());
      }
    }
  }

  @Test
  void aFailingBatchSourceIsReportedAfterItsBatches() throws Exception {
    Iterator<List<ImageSource>> one = List.of(List.of(good(0))).iterator();
    Iterator<List<ImageSource>> failing =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public List<ImageSource> next() {
            return one.next();
          }
        };
    try (BatchLoader loader =
        BatchLoader.forEvaluation(failing, SMALL, options(2, 3, OnBadImage.FAIL))) {
      loader.next().orElseThrow().close();
      String message = assertThrows(IllegalStateException.class, loader::next).toString();
      assertTrue(message.contains("the source of batches failed"), message);
    }
    List<ImageSource> five = List.of(good(0), good(1), good(2), good(3), good(4));
    try (BatchLoader loader =
        BatchLoader.forEvaluation(
            List.of(five).iterator(), SMALL, options(1, 1, OnBadImage.FAIL))) {
      String message = assertThrows(IllegalStateException.class, loader::next).toString();
      assertTrue(message.contains("expected a batch of 1 to 4 samples, got 5"), message);
    }
  }

  /** With two batches ahead and none taken, three buffers fill and no further image is read. */
  @Test
  void readsNoFurtherAheadThanConfigured() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    List<List<ImageSource>> batches = new ArrayList<>();
    for (int b = 0; b < 20; b++) {
      batches.add(List.of(counting(reads), counting(reads), counting(reads), counting(reads)));
    }
    try (BatchLoader loader =
        BatchLoader.forEvaluation(batches.iterator(), SMALL, options(2, 2, OnBadImage.FAIL))) {
      try (Batch held = loader.next().orElseThrow()) {
        awaitReads(reads, 12);
        Thread.sleep(50);
        assertEquals(12, reads.get());
        assertEquals(4, held.size());
      }
      awaitReads(reads, 16);
      Thread.sleep(50);
      assertEquals(16, reads.get());
    }
  }

  private static ImageSource counting(AtomicInteger reads) {
    return new ImageSource(
        0,
        "counted",
        0,
        () -> {
          reads.incrementAndGet();
          return FILES.get(0);
        });
  }

  private static void awaitReads(AtomicInteger reads, int count) throws InterruptedException {
    while (reads.get() < count) {
      Thread.sleep(1);
    }
  }

  @Test
  void closeStopsThreadsInAReadAndEndsLending() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    ImageSource endless =
        new ImageSource(
            1,
            "endless",
            0,
            () -> {
              reading.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
              }
              return new byte[0];
            });
    BatchLoader loader =
        BatchLoader.forEvaluation(
            List.of(List.of(good(0)), List.of(endless)).iterator(),
            SMALL,
            options(3, 2, OnBadImage.FAIL));
    Batch held = loader.next().orElseThrow();
    reading.await();
    loader.close();
    loader.close();
    assertThrows(IllegalStateException.class, held::images);
    assertThrows(IllegalStateException.class, loader::next);
    held.close();
    assertNoImageThreads();
  }

  @Test
  void aClosedBatchIsRefused() throws Exception {
    try (BatchLoader loader =
        BatchLoader.forEvaluation(batches().iterator(), SMALL, options(1, 1, OnBadImage.FAIL))) {
      Batch batch = loader.next().orElseThrow();
      batch.close();
      batch.close();
      assertThrows(IllegalStateException.class, batch::images);
      assertThrows(IllegalStateException.class, batch::labels);
      assertNotEquals(batch, loader.next().orElseThrow());
    }
  }

  /** JavaCPP counts the bytes that its pointers own: open and close leave none behind. */
  @Test
  void leavesNoNativeBytesAndNoThreads() throws Exception {
    digestOnce();
    long before = settledBytes();
    for (int i = 0; i < 20; i++) {
      digestOnce();
    }
    assertEquals(before, Pointer.totalBytes());
    assertNoImageThreads();
  }

  /** Native bytes after the garbage collector has freed the memory of other tests. */
  private static long settledBytes() throws InterruptedException {
    long bytes = Pointer.totalBytes();
    for (int unchanged = 0; unchanged < 3; ) {
      System.gc();
      Thread.sleep(100);
      unchanged = Pointer.totalBytes() == bytes ? unchanged + 1 : 0;
      bytes = Pointer.totalBytes();
    }
    return bytes;
  }

  private static void digestOnce() throws Exception {
    try (BatchLoader loader =
        BatchLoader.forTraining(
            batches(3).iterator(), SMALL, 1, 1, options(3, 2, OnBadImage.SKIP))) {
      digest(loader);
    }
  }

  private static void assertNoImageThreads() {
    assertFalse(
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(t -> t.getName().startsWith("convoy-images")));
  }
}
