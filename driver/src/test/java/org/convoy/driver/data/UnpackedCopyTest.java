package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compressed data sets and the copies of them that are read. */
class UnpackedCopyTest {
  private static final int IMAGE = 3072;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  private final List<String> said = new ArrayList<>();

  @FunctionalInterface
  private interface Compressor {
    OutputStream over(OutputStream out) throws IOException;
  }

  private static byte[] compressed(byte[] content, Compressor compressor) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream compressing = compressor.over(out)) {
      compressing.write(content);
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] content) throws IOException {
    return compressed(content, GZIPOutputStream::new);
  }

  private DataSet copy(Path data) throws IOException {
    return UnpackedCopy.of(
        DataSet.at(data.toString(), Samples.HADOOP),
        new org.apache.hadoop.fs.Path(folder.resolve("run/data").toUri()),
        new ScanJobs.Local(Samples.HADOOP),
        said::add);
  }

  private SampleIndex index(Path data, String split) throws IOException {
    return SampleIndexer.local(Samples.HADOOP).index(copy(data).split(split));
  }

  @Test
  void tarsOfClassFoldersInEachCompression() throws IOException {
    byte[] tar = Samples.tarOf("train/dog/1.jpg", "one", "train/cat/2.jpg", "two");
    Files.write(folder.resolve("a.tar.gz"), gzip(tar));
    Files.write(folder.resolve("b.tgz"), gzip(tar));
    Files.write(folder.resolve("c.tar.zst"), compressed(tar, ZstdCompressorOutputStream::new));
    Files.write(folder.resolve("d.tar.bz2"), compressed(tar, BZip2CompressorOutputStream::new));
    for (String name : List.of("a.tar.gz", "b.tgz", "c.tar.zst", "d.tar.bz2")) {
      SampleIndex index = index(folder.resolve(name), "train");
      assertEquals(List.of("cat", "dog"), index.classes(), name);
      Samples.assertReads(index, "two", "one");
      assertTrue(index.uri(0).endsWith("/run/data/" + name.charAt(0) + ".tar"), index.uri(0));
    }
    assertEquals(4, said.size(), "a line before each copy");
    assertTrue(said.get(0).contains("a.tar.gz is compressed: decompressing 1 files of 0.0 MiB"));
  }

  @Test
  void aCopyIsMadeOnceUntilTheDataChange() throws IOException {
    Path data = folder.resolve("a.tar.gz");
    Files.write(data, gzip(Samples.tarOf("dog/1.jpg", "one")));
    index(data, "");
    index(data, "");
    assertEquals(1, said.size());
    Files.write(data, gzip(Samples.tarOf("dog/1.jpg", "another")));
    Samples.assertReads(index(data, ""), "another");
    assertEquals(2, said.size());
  }

  @Test
  void joinedMembersAreAllRead() throws IOException {
    byte[] tar = Samples.tarOf("dog/1.jpg", "x".repeat(3000), "dog/2.jpg", "two");
    Path data = folder.resolve("a.tar.gz");
    Files.write(
        data,
        Samples.join(
            gzip(Arrays.copyOf(tar, 2000)), gzip(Arrays.copyOfRange(tar, 2000, tar.length))));
    assertEquals(2, index(data, "").count());
  }

  @Test
  void mnistAsItIsDistributed() throws IOException {
    Path mnist = Files.createDirectories(folder.resolve("mnist"));
    ByteBuffer images = ByteBuffer.allocate(16 + 2 * 6);
    images.putInt(0x803).putInt(2).putInt(2).putInt(3);
    ByteBuffer labels = ByteBuffer.allocate(10);
    labels.putInt(0x801).putInt(2).put((byte) 7).put((byte) 3);
    Files.write(mnist.resolve("train-images-idx3-ubyte.gz"), gzip(images.array()));
    Files.write(mnist.resolve("train-labels-idx1-ubyte.gz"), gzip(labels.array()));
    SampleIndex index = index(mnist, "train");
    assertEquals(List.of("3", "7"), index.classes());
    assertEquals(2, index.count());
  }

  @Test
  void foldersOfCompressedShards() throws IOException {
    Path data = folder.resolve("web");
    Files.createDirectories(data.resolve("train"));
    Files.createDirectories(data.resolve("val"));
    Files.write(data.resolve("train/0.tar.gz"), gzip(Samples.tarOf("1.jpg", "one", "1.cls", "1")));
    Files.write(data.resolve("train/1.tar.gz"), gzip(Samples.tarOf("2.jpg", "two", "2.cls", "0")));
    Files.write(data.resolve("val/0.tar.gz"), gzip(Samples.tarOf("1.jpg", "v", "1.cls", "1")));
    Files.writeString(data.resolve("classes.txt"), "cat\ndog\n");
    SampleIndex index = index(data, "train");
    assertEquals(List.of("cat", "dog"), index.classes());
    Samples.assertReads(index, "two", "one");
    Samples.assertReads(index(data, "val"), "v");
  }

  @Test
  void damagedFilesAreRefusedByName() throws IOException {
    byte[] tar = Samples.tarOf("dog/1.jpg", "x".repeat(3000));
    Path data = folder.resolve("a.tar.gz");
    byte[] whole = gzip(tar);
    Files.write(data, Arrays.copyOf(whole, whole.length - 20));
    assertRefused(data, "a.tar.gz is damaged or cut short");
    byte[] flipped = whole.clone();
    flipped[whole.length - 6] ^= 1; // In the check sum at the end.
    Files.write(data, flipped);
    assertRefused(data, "a.tar.gz is damaged or cut short");
    Files.write(data, tar);
    assertRefused(data, "a.tar.gz is damaged or cut short");
    Files.write(data, new byte[0]);
    assertRefused(data, "a.tar.gz is damaged or cut short");
    Path zst = folder.resolve("a.tar.zst");
    byte[] zstandard = compressed(tar, ZstdCompressorOutputStream::new);
    Files.write(zst, Arrays.copyOf(zstandard, zstandard.length - 5));
    assertRefused(zst, "a.tar.zst is damaged or cut short");
  }

  private void assertRefused(Path data, String expected) {
    String message = assertThrows(DataSetException.class, () -> copy(data)).toString();
    assertTrue(message.contains(expected), message);
  }

  @Test
  void withoutACopyTheyAreRefused() throws IOException {
    Files.write(folder.resolve("a.tar.gz"), gzip(Samples.tarOf("dog/1.jpg", "one")));
    String message = Samples.refused(folder.resolve("a.tar.gz"), "");
    assertTrue(message.contains("compressed") && message.contains("convoy pack"), message);
  }

  // CIFAR's archives

  private static byte[] planes(int count, int value) {
    byte[] planes = new byte[count * IMAGE];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = (byte) (value + i / IMAGE + i % IMAGE / 1024 * 50);
    }
    return planes;
  }

  /** A pickle with the opcodes, and in the order, of those that are distributed. */
  private static byte[] batch(String labelKey, byte[] planes, int... labels) {
    Pickle pickle = new Pickle().code("\u0080\u0002}q\u0001(");
    pickle.text("batch_label").text("training batch 1 of 5");
    pickle.text(labelKey).numbers(labels);
    if (labelKey.startsWith("fine")) {
      pickle.text("coarse_labels").numbers(new int[labels.length]);
    }
    pickle.text("data").array(planes);
    return pickle.code("u.").bytes();
  }

  private static byte[] names(String key, String... names) {
    Pickle pickle = new Pickle().code("\u0080\u0002}q\u0001(").text(key).code("]q\u0002(");
    Arrays.stream(names).forEach(pickle::text);
    return pickle.code("eu.").bytes();
  }

  private static final class Pickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Pickle code(String code) {
      out.writeBytes(code.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }

    Pickle text(String text) {
      return code("U").code(Character.toString(text.length())).code(text).code("q\u0007");
    }

    Pickle numbers(int... numbers) {
      code("]q\u0008(");
      Arrays.stream(numbers).forEach(number -> code("K" + (char) number));
      return code("e");
    }

    Pickle array(byte[] planes) {
      int rows = planes.length / IMAGE;
      code("cnumpy.core.multiarray\n_reconstruct\nq\u0009cnumpy\nndarray\nq\nK\0\u0085U\u0001b");
      code("\u0087Rq\u000b(K\u0001M" + (char) (rows & 255) + (char) (rows >> 8));
      code("M\0\u000c\u0086cnumpy\ndtype\nq\u000cU\u0002u1K\0K\u0001\u0087Rq\r(K\u0003U\u0001|");
      code("NNNJ\u00ff\u00ff\u00ff\u00ffJ\u00ff\u00ff\u00ff\u00ffK\0tb\u0089T");
      byte[] length = ByteBuffer.allocate(4).putInt(Integer.reverseBytes(planes.length)).array();
      out.writeBytes(length);
      out.writeBytes(planes);
      return code("tb");
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }

  private Path cifar10() throws IOException {
    List<Object> files = new ArrayList<>();
    files.addAll(List.of("cifar-10-batches-py/batches.meta", names("label_names", "plane", "car")));
    for (int i = 1; i <= 5; i++) {
      files.add("cifar-10-batches-py/data_batch_" + i);
      files.add(batch("labels", planes(2, i), i % 2, 1));
    }
    files.addAll(List.of("cifar-10-batches-py/readme.html", "<html>"));
    files.addAll(List.of("cifar-10-batches-py/test_batch", batch("labels", planes(1, 9), 1)));
    Path archive = folder.resolve("cifar-10-python.tar.gz");
    Files.write(archive, gzip(Samples.tarOf(files.toArray())));
    return archive;
  }

  @Test
  void cifar10sPythonArchive() throws IOException {
    Path archive = cifar10();
    SampleIndex index = index(archive, "train");
    assertEquals(List.of("plane", "car"), index.classes());
    assertEquals(10, index.count());
    assertEquals(2, index.label(0) == 0 ? index.count() - 8 : 0, "two planes come first");
    try (SampleReader reader = new SampleReader(index, 2, 1 << 20, Samples.HADOOP)) {
      byte[] first = reader.read(0); // Of batch 2, whose planes begin with 2, 52 and 102.
      int header = first.length - IMAGE;
      assertEquals(
          List.of(2, 52, 102),
          List.of((int) first[header], (int) first[header + 1], (int) first[header + 2]));
    }
    assertEquals(1, index(archive, "test").count());
  }

  @Test
  void cifar100sPythonArchive() throws IOException {
    Path data = Files.createDirectories(folder.resolve("downloads"));
    Files.write(
        data.resolve("cifar-100-python.tar.gz"),
        gzip(
            Samples.tarOf(
                "cifar-100-python/meta", names("fine_label_names", "apple", "bee", "cup"),
                "cifar-100-python/test", batch("fine_labels", planes(1, 1), 2),
                "cifar-100-python/train", batch("fine_labels", planes(3, 1), 2, 0, 1))));
    SampleIndex index = index(data, "train");
    assertEquals(List.of("apple", "bee", "cup"), index.classes());
    assertEquals(
        List.of("apple/train.bin:1", "bee/train.bin:2", "cup/train.bin:0"),
        Samples.described(index));
  }

  @Test
  void damagedCifarArchivesAreRefused() throws IOException {
    Path archive = folder.resolve("cifar-10-python.tar.gz");
    byte[] good = batch("labels", planes(2, 1), 0, 1);
    byte[] opcode = good.clone();
    opcode[2] = 'i'; // INST, which makes an instance of a class
    Object[][] cases = {
      {opcode, "opcode 0x69"},
      {Arrays.copyOf(good, good.length - 1), "an opcode STOP, got the end"},
      {Arrays.copyOf(good, 3000), "bytes"},
      {batch("labels", planes(2, 1), 0), "expected 2 labels, got 1"},
      {batch("labeled", planes(2, 1), 0, 1), "a list labels"},
      {names("data", "a"), "another array"}
    };
    for (Object[] each : cases) {
      Files.write(
          archive, gzip(Samples.tarOf("cifar-10-batches-py/data_batch_1", (byte[]) each[0])));
      String message = assertThrows(DataSetException.class, () -> copy(archive)).toString();
      assertTrue(message.contains("data_batch_1") && message.contains((String) each[1]), message);
    }
    byte[] tar = Samples.tarOf("cifar-10-batches-py/data_batch_1", good);
    Files.write(archive, gzip(Arrays.copyOf(tar, 2000)));
    assertRefused(archive, "cut short");
  }
}
