package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;

/** Data sets for tests: small ones written here, and the real tars if they exist. */
final class Samples {

  static final Configuration HADOOP = new Configuration();

  private Samples() {}

  /** A tar from the folder in the system property, else from the folder beside the checkout. */
  static Path real(String name) {
    String home = System.getProperty("convoy.home", ".");
    Path folder =
        Path.of(
            System.getProperty("convoy.data", Path.of(home, "..", "shared", "data").toString()));
    Path tar = folder.resolve(name);
    assumeTrue(Files.exists(tar), () -> "no " + tar + "; name its folder with -Dconvoy.data");
    return tar;
  }

  static DataSplit split(Path data, String name) throws IOException {
    return DataSet.at(data.toString(), HADOOP).split(name);
  }

  static SampleIndex index(Path data, String name) throws IOException {
    return SampleIndexer.local(HADOOP).index(split(data, name));
  }

  /** Contents that name their path, with a length that depends on the path. */
  static byte[] contents(String path) {
    return (path + ":" + "x".repeat(path.hashCode() & 0x7ff)).getBytes(StandardCharsets.UTF_8);
  }

  static void file(Path root, String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, contents(path));
  }

  /** A tar of files with {@link #contents} and of folders (paths that end in a slash). */
  static Path tar(Path file, String... paths) throws IOException {
    return tar(file, TarArchiveOutputStream.LONGFILE_GNU, paths);
  }

  static Path tar(Path file, int longFileMode, String... paths) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
      tar.setLongFileMode(longFileMode);
      tar.setAddPaxHeadersForNonAsciiNames(longFileMode == TarArchiveOutputStream.LONGFILE_POSIX);
      for (String path : paths) {
        add(tar, path, path.endsWith("/") ? new byte[0] : contents(path));
      }
    }
    return file;
  }

  static void add(TarArchiveOutputStream tar, String path, byte[] contents) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path, true);
    entry.setSize(contents.length);
    entry.setModTime(0);
    tar.putArchiveEntry(entry);
    tar.write(contents);
    tar.closeArchiveEntry();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** A tar of names and contents in turn; a content is a text or bytes. */
  static byte[] tarOf(Object... namesAndContents) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        Object content = namesAndContents[i + 1];
        add(
            tar,
            (String) namesAndContents[i],
            content instanceof byte[] raw ? raw : bytes((String) content));
      }
    }
    return out.toByteArray();
  }

  /** The samples by class and name. */
  static List<String> described(SampleIndex index) {
    return IntStream.range(0, index.count()).mapToObj(index::describe).toList();
  }

  static void assertReads(SampleIndex index, String... contents) throws IOException {
    assertEquals(contents.length, index.count());
    try (SampleReader reader = new SampleReader(index, 2, 1 << 20, HADOOP)) {
      for (int i = 0; i < contents.length; i++) {
        assertArrayEquals(bytes(contents[i]), reader.read(i), index.describe(i));
      }
    }
  }

  /** The message with which a split is refused. */
  static String refused(Path data, String split) {
    return assertThrows(DataSetException.class, () -> index(data, split)).toString();
  }
}
