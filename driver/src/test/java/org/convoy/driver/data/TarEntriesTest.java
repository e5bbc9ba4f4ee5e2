package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tars with links, names in other encodings, and more than one archive. */
class TarEntriesTest {

  private static final long[] SEGMENTS = {512, 4096, 1 << 30};

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
  void linksStandForTheirTargets(int longFileMode) throws IOException {
    String longName = "train/b/" + "n".repeat(150) + ".jpg";
    Path file = folder.resolve("links.tar");
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      tar.setLongFileMode(longFileMode);
      link(tar, "train/a/early.jpg", TarConstants.LF_LINK, "train/b/1.jpg");
      Samples.add(tar, "train/b/1.jpg", Samples.contents("one"));
      Samples.add(tar, "other/2.bin", Samples.contents("two"));
      Samples.add(tar, longName, Samples.contents("long"));
      link(tar, "train/a/hard.jpg", TarConstants.LF_LINK, "other/2.bin");
      link(tar, "train/a/soft.jpg", TarConstants.LF_SYMLINK, "../../other/2.bin");
      link(tar, "train/a/chain.jpg", TarConstants.LF_SYMLINK, "./soft.jpg");
      link(tar, "train/a/far.jpg", TarConstants.LF_SYMLINK, "../" + longName.substring(6));
      link(tar, "train/a/in/deep.jpg", TarConstants.LF_SYMLINK, "../../b/1.jpg");
      link(tar, "train/a/out.jpg", TarConstants.LF_SYMLINK, "/etc/passwd");
      link(tar, "train/a/above.jpg", TarConstants.LF_SYMLINK, "../../../x.jpg");
      link(tar, "train/a/circle.jpg", TarConstants.LF_SYMLINK, "circle.jpg");
      link(tar, "train/a/missing.jpg", TarConstants.LF_LINK, "train/b/none.jpg");
      link(tar, "train/folder", TarConstants.LF_SYMLINK, "a");
      link(tar, "train/a/replaced.jpg", TarConstants.LF_SYMLINK, "early.jpg");
      Samples.add(tar, "train/a/replaced.jpg", Samples.contents("new"));
    }
    for (long segment : SEGMENTS) {
      SampleIndex index = index(file, segment);
      assertEquals(
          List.of(
              "a/chain.jpg two",
              "a/early.jpg one",
              "a/far.jpg long",
              "a/hard.jpg two",
              "a/in/deep.jpg one",
              "a/replaced.jpg new",
              "a/soft.jpg two",
              "b/1.jpg one",
              longName.substring(6) + " long"),
          described(index));
      assertEquals(5, index.ignoredFiles(), "four links to nothing and one to a folder");
    }
  }

  @Test
  void tarsJoinedByCatAreReadToTheEnd() throws IOException {
    Path first = Samples.tar(folder.resolve("1.tar"), "train/a/1.jpg", "train/b/1.jpg");
    Path second = Samples.tar(folder.resolve("2.tar"), "train/a/2.jpg", "train/c/1.jpg");
    Path joined = folder.resolve("joined.tar");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(Files.readAllBytes(first));
    bytes.write(new byte[40_960]);
    bytes.write(Files.readAllBytes(second));
    Files.write(joined, bytes.toByteArray());
    for (long segment : SEGMENTS) {
      SampleIndex index = index(joined, segment);
      assertEquals(List.of("a", "b", "c"), index.classes());
      assertEquals(4, index.count());
      assertEquals(0, index.ignoredFiles());
    }
    bytes.write("no tar".getBytes(StandardCharsets.UTF_8));
    Files.write(joined, bytes.toByteArray());
    for (long segment : SEGMENTS) {
      assertEquals(4, index(joined, segment).count());
      assertEquals(1, index(joined, segment).ignoredFiles(), "the six bytes at the end");
    }
    int inSecond = (int) Files.size(first) + 40_960 + 520;
    Files.write(joined, Arrays.copyOf(bytes.toByteArray(), inSecond));
    for (long segment : SEGMENTS) {
      DataSetException error = assertThrows(DataSetException.class, () -> index(joined, segment));
      assertTrue(
          String.valueOf(error.getMessage()).contains("entry train/a/2.jpg"), error.getMessage());
    }
  }

  @Test
  void namesThatAreNotUtf8AreRefusedByName() throws IOException {
    Path file = folder.resolve("latin.tar");
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "ISO-8859-1")) {
      Samples.add(tar, "train/c\u00f4te/1.jpg", new byte[] {1});
      Samples.add(tar, "train/c\u00f2te/1.jpg", new byte[] {2});
      Samples.add(tar, "train/plain/1.jpg", new byte[] {3});
      Samples.add(tar, "train/plain/\u00fcber.txt", new byte[] {4});
      Samples.add(tar, "validation/plain/1.jpg", new byte[] {5});
      Samples.add(tar, "validation/plain/\u00fcber.txt", new byte[] {6});
    }
    DataSetException error =
        assertThrows(DataSetException.class, () -> Samples.index(file, "train"));
    assertTrue(
        String.valueOf(error.getMessage()).startsWith("entry 'train/c\\xf4te/1.jpg' of tar"),
        error.getMessage());
    SampleIndex others = Samples.index(file, "validation");
    assertEquals(1, others.count());
    assertEquals(1, others.ignoredFiles());
  }

  private static void link(TarArchiveOutputStream tar, String path, byte type, String target)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path, type);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static SampleIndex index(Path tar, long segment) throws IOException {
    DataSplit split = Samples.split(tar, "train");
    return new TarFormat(segment)
        .list(split, true, new ScanJobs.Local(Samples.HADOOP))
        .build(split);
  }

  /** Each sample, with the path from which its content was made. */
  private static List<String> described(SampleIndex index) throws IOException {
    List<String> described = new ArrayList<>();
    try (SampleReader reader = new SampleReader(index, 1, 0, Samples.HADOOP)) {
      for (int i : IntStream.range(0, index.count()).toArray()) {
        String content = new String(reader.read(i), StandardCharsets.UTF_8);
        String path = content.substring(0, content.indexOf(':'));
        assertArrayEquals(Samples.contents(path), content.getBytes(StandardCharsets.UTF_8));
        described.add(index.describe(i) + " " + path);
      }
    }
    return described;
  }
}
