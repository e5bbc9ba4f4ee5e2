package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarFormatTest {

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  @Test
  void findsClassesAndImagesOfASplit() throws IOException {
    Path tar =
        Samples.tar(
            folder.resolve("a.tar"),
            "./train/",
            "./train/dog/",
            "./train/dog/2.jpg",
            "./train/dog/1.JPEG",
            "./train/cat/9.png",
            "./train/cat/notes.txt",
            "./train/cat/.hidden.jpg",
            "./train/README.md",
            "./test/emu/1.jpg");
    SampleIndex index = Samples.index(tar, "train");
    assertEquals(List.of("cat", "dog"), index.classes());
    assertEquals(3, index.count());
    assertEquals(
        List.of("cat/9.png", "dog/1.JPEG", "dog/2.jpg"),
        List.of(index.describe(0), index.describe(1), index.describe(2)));
    assertArrayEquals(new int[] {0, 1, 1}, index.labels());
    assertEquals(3, index.ignoredFiles());
    assertContents(tar, index, "./train/");
  }

  @ParameterizedTest
  @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
  void readsLongAndForeignNames(int longFileMode) throws IOException {
    String longClass = "train/" + "c".repeat(150);
    String[] paths = {
      longClass + "/" + "n".repeat(300) + ".jpg", "train/Ärger/größe.jpg", "train/short/a.jpg"
    };
    Path tar = Samples.tar(folder.resolve("long.tar"), longFileMode, paths);
    SampleIndex index = Samples.index(tar, "train");
    assertEquals(List.of("c".repeat(150), "short", "Ärger"), index.classes());
    assertEquals("n".repeat(300) + ".jpg", index.name(0));
    assertContents(tar, index, "train/");
  }

  @Test
  void takesNameAndSizeFromPaxRecords() throws IOException {
    Path file = folder.resolve("pax.tar");
    byte[] contents = Samples.contents("whatever");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] records =
        pax("path", "train/ä/" + "long".repeat(50) + ".png", "size", "" + contents.length);
    out.write(header("ignored", records.length, 'x', ""));
    padded(out, records);
    out.write(header("train/truncated", 0, '0', ""));
    padded(out, contents);
    out.write(new byte[1024]);
    Files.write(file, out.toByteArray());
    SampleIndex index = Samples.index(file, "train");
    assertEquals("ä/" + "long".repeat(50) + ".png", index.describe(0));
    assertEquals(contents.length, index.length(0));
    try (SampleReader reader = new SampleReader(index, 1, 0, Samples.HADOOP)) {
      assertArrayEquals(contents, reader.read(0));
    }
  }

  @Test
  void readsUstarPrefixesAndBase256Sizes() throws IOException {
    byte[] block = header("b/1.jpg", 5, '0', "train/" + "p".repeat(100));
    TarHeader parsed = TarHeader.parse(block, 0, "t.tar", 0);
    assertEquals("train/" + "p".repeat(100) + "/b/1.jpg", parsed.name().text());
    assertEquals(5, parsed.size());

    byte[] large = header("a.jpg", 0, '0', "");
    Arrays.fill(large, 124, 136, (byte) 0);
    large[124] = (byte) 0x80;
    large[131] = 3; // 3 * 256^4
    checksum(large);
    assertEquals(3L << 32, TarHeader.parse(large, 0, "t.tar", 0).size());
  }

  @Test
  void laterCopyOfAFileCounts() throws IOException {
    Path file = folder.resolve("twice.tar");
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      Samples.add(tar, "a/1.jpg", new byte[] {1});
      Samples.add(tar, "a/2.jpg", new byte[] {7});
      Samples.add(tar, "a/1.jpg", new byte[] {2, 2});
    }
    SampleIndex index = Samples.index(file, "");
    assertEquals(2, index.count());
    try (SampleReader reader = new SampleReader(index, 8, 1 << 20, Samples.HADOOP)) {
      assertArrayEquals(new byte[] {2, 2}, reader.read(0));
    }
  }

  @Test
  void segmentsFindTheSameAsOneWalk() throws IOException {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      paths.add("train/c" + i % 7 + "/" + (i % 5 == 0 ? "n".repeat(120) : "") + i + ".jpg");
    }
    Path inner = Samples.tar(folder.resolve("inner.tar"), "x/1.jpg", "x/2.jpg", "x/3.jpg");
    Path file = folder.resolve("outer.tar");
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      for (String path : paths) {
        Samples.add(tar, path, Samples.contents(path));
        if (path.endsWith("3.jpg")) {
          // Headers inside contents. A walk that starts among them must not count.
          Samples.add(tar, path.replace(".jpg", "nested.jpg"), Files.readAllBytes(inner));
        }
      }
    }
    DataSplit split = Samples.split(file, "train");
    ScanJobs jobs = new ScanJobs.Local(Samples.HADOOP);
    SampleIndex whole = new TarFormat().list(split, true, jobs).build(split);
    for (long segment : new long[] {512, 1024, 4096, 65536}) {
      SampleIndex cut = new TarFormat(segment).list(split, true, jobs).build(split);
      assertEquals(whole.count(), cut.count());
      assertEquals(whole.fingerprint(), cut.fingerprint());
      for (int i = 0; i < whole.count(); i++) {
        assertEquals(whole.offset(i), cut.offset(i));
      }
    }
  }

  @Test
  void anyCutIsNamed() throws IOException {
    Path whole = Samples.tar(folder.resolve("whole.tar"), "a/1.jpg", "a/2.jpg", "b/3.jpg");
    byte[] bytes = Files.readAllBytes(whole);
    SampleIndex index = Samples.index(whole, "");
    int last = index.count() - 1;
    long end = index.offset(last) + index.length(last);
    Path cut = folder.resolve("cut.tar");
    for (int length = 0; length < end + 512; length += 97) {
      Files.write(cut, Arrays.copyOf(bytes, length));
      DataSetException error =
          assertThrows(DataSetException.class, () -> Samples.index(cut, ""), "length " + length);
      String message = String.valueOf(error.getMessage());
      assertTrue(message.contains("cut.tar is cut short"), message);
      assertTrue(message.contains("expected") && message.contains("got"), message);
      assertTrue(message.contains("offset"), message);
    }
  }

  @Test
  void aCutEntryIsNamedWithItsBytes() throws IOException {
    Path whole = Samples.tar(folder.resolve("whole.tar"), "a/1.jpg", "a/2.jpg");
    SampleIndex index = Samples.index(whole, "");
    long keep = index.offset(1) + 3;
    Path cut = folder.resolve("cut.tar");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(whole), (int) keep));
    DataSetException error = assertThrows(DataSetException.class, () -> Samples.index(cut, ""));
    assertEquals(
        "tar file:"
            + cut
            + " is cut short: entry a/2.jpg at offset "
            + index.offset(1)
            + " expected "
            + index.length(1)
            + " bytes, got 3",
        error.getMessage());
  }

  @Test
  void filesThatAreNotTarsAreRefused() throws IOException {
    Path file = folder.resolve("text.tar");
    Files.write(file, "no tar at all ".repeat(100).getBytes(StandardCharsets.UTF_8));
    DataSetException error = assertThrows(DataSetException.class, () -> Samples.index(file, ""));
    assertTrue(String.valueOf(error.getMessage()).contains("no tar"), error.getMessage());
  }

  @Test
  void anEmptyClassIsNamed() throws IOException {
    Path tar = Samples.tar(folder.resolve("e.tar"), "train/a/1.jpg", "train/b/", "train/b/x.txt");
    DataSetException error =
        assertThrows(DataSetException.class, () -> Samples.index(tar, "train"));
    assertTrue(
        String.valueOf(error.getMessage()).contains("'b' of split 'train'"), error.getMessage());
    assertTrue(String.valueOf(error.getMessage()).contains("empty"), error.getMessage());
  }

  @Test
  void aSplitTakenForAClassIsPointedOut() throws IOException {
    Path tar = Samples.tar(folder.resolve("s.tar"), "train/a/", "train/a/1.jpg", "train/b/");
    DataSetException error = assertThrows(DataSetException.class, () -> Samples.index(tar, ""));
    assertTrue(
        String.valueOf(error.getMessage()).contains("is 'train' a split?"), error.getMessage());
  }

  @Test
  void aMissingSplitListsTheExistingFolders() throws IOException {
    Path tar = Samples.tar(folder.resolve("m.tar"), "train/a/1.jpg", "test/a/1.jpg");
    DataSetException error =
        assertThrows(DataSetException.class, () -> Samples.index(tar, "trian"));
    assertTrue(
        String.valueOf(error.getMessage()).contains("folders there: test, train"),
        error.getMessage());
  }

  @Test
  void agreesWithAnotherReaderOnTheRealTars() throws IOException {
    for (String[] each :
        new String[][] {{"cifar10.tar", "test"}, {"imagenet-250.tar", "imagenet"}}) {
      Path tar = Samples.real(each[0]);
      List<String> expected = new ArrayList<>();
      try (InputStream in = Files.newInputStream(tar);
          TarArchiveInputStream entries = new TarArchiveInputStream(in)) {
        for (TarArchiveEntry entry = entries.getNextTarEntry();
            entry != null;
            entry = entries.getNextTarEntry()) {
          if (entry.isFile() && entry.getName().startsWith(each[1] + "/")) {
            expected.add(entry.getName() + " " + Arrays.hashCode(entries.readAllBytes()));
          }
        }
      }
      SampleIndex index = Samples.index(tar, each[1]);
      List<String> found = new ArrayList<>();
      try (SampleReader reader = new SampleReader(index, 64, 1 << 24, Samples.HADOOP)) {
        for (int i = 0; i < index.count(); i++) {
          found.add(each[1] + "/" + index.describe(i) + " " + Arrays.hashCode(reader.read(i)));
        }
      }
      assertFalse(found.isEmpty());
      Collections.sort(expected);
      Collections.sort(found);
      assertTrue(expected.equals(found), tar + ": another reader finds other samples");
    }
  }

  private static void assertContents(Path tar, SampleIndex index, String prefix)
      throws IOException {
    try (SampleReader reader = new SampleReader(index, 4, 1 << 20, Samples.HADOOP)) {
      for (int i = 0; i < index.count(); i++) {
        assertArrayEquals(Samples.contents(prefix + index.describe(i)), reader.read(i));
        assertEquals("file:" + tar, index.uri(i));
      }
    }
  }

  private static byte[] pax(String... keysAndValues) {
    StringBuilder records = new StringBuilder();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String body = " " + keysAndValues[i] + "=" + keysAndValues[i + 1] + "\n";
      int bytes = body.getBytes(StandardCharsets.UTF_8).length;
      int length = bytes + 1;
      while (bytes + String.valueOf(length).length() != length) {
        length++;
      }
      records.append(length).append(body);
    }
    return records.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void padded(ByteArrayOutputStream out, byte[] contents) throws IOException {
    out.write(contents);
    out.write(new byte[(512 - contents.length % 512) % 512]);
  }

  private static byte[] header(String name, long size, char type, String prefix) {
    byte[] block = new byte[512];
    put(block, 0, name);
    put(block, 124, String.format(Locale.ROOT, "%011o", size));
    block[156] = (byte) type;
    put(block, 257, "ustar\00000");
    put(block, 345, prefix);
    checksum(block);
    return block;
  }

  private static void checksum(byte[] block) {
    put(block, 148, "        ");
    int sum = 0;
    for (byte each : block) {
      sum += each & 0xff;
    }
    put(block, 148, String.format(Locale.ROOT, "%06o", sum) + "\0 ");
  }

  private static void put(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }
}
