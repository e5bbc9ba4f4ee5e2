package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index in files: the same samples as in memory, by shard and place. */
class PagedIndexTest {
  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  private Path data() throws IOException {
    return Files.createDirectories(folder.resolve("web"));
  }

  private void shard(String name, int first, int count, int classes) throws IOException {
    List<Object> files = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      files.addAll(List.of("k" + i + ".jpg", "image " + i, "k" + i + ".cls", "" + i % classes));
    }
    Files.write(data().resolve(name), Samples.tarOf(files.toArray()));
  }

  private SampleIndex index(String split) throws IOException {
    org.apache.hadoop.fs.Path to =
        new org.apache.hadoop.fs.Path(folder.resolve("run/index").toUri());
    return SampleIndexer.local(Samples.HADOOP)
        .index(
            Samples.split(data(), split),
            FileSystem.getLocal(Samples.HADOOP),
            to,
            IndexPlace.FILES);
  }

  @Test
  void samplesGoByShardAndPlace() throws IOException {
    shard("a.tar", 0, 5, 12);
    shard("b.tar", 5, 700, 12); // Eleven pages.
    shard("c.tar", 705, 256, 12);
    SampleIndex index = index("");
    SampleIndex held = Samples.index(data(), "");
    assertEquals(961, index.count());
    assertEquals(held.classes(), index.classes(), "ordered as numbers");
    assertEquals(held.totalBytes(), index.totalBytes());
    assertArrayEquals(held.classCounts(), index.classCounts());
    int[] labels = index.labels();
    assertEquals(961, labels.length);
    try (SampleReader reader = new SampleReader(index, 32, 1 << 20, Samples.HADOOP)) {
      for (int i = index.count() - 1; i >= 0; i--) {
        assertEquals(i % 12, index.label(i));
        assertEquals(i % 12, labels[i]);
        assertTrue(index.name(i).endsWith(".tar:k" + i + ".jpg"), index.name(i));
        assertArrayEquals(Samples.bytes("image " + i), reader.read(i));
      }
    }
  }

  @Test
  void classesHaveTheirNamesFromAFile() throws IOException {
    shard("a.tar", 0, 4, 2);
    Files.writeString(data().resolve("classes.txt"), "zebra\napple\nnone\n");
    SampleIndex index = index("");
    assertEquals(List.of("zebra", "apple", "none"), index.classes());
    assertEquals("apple/a.tar:k3.jpg", index.describe(3));
    assertArrayEquals(new long[] {2, 2, 0}, index.classCounts());
  }

  @Test
  void itIsMadeOnceUntilTheDataChange() throws IOException {
    shard("a.tar", 0, 300, 3);
    SampleIndex first = index("");
    Path part = folder.resolve("run/index").resolve(partsFolder()).resolve("0.part");
    long written = Files.getLastModifiedTime(part).toMillis();
    SampleIndex again = index("");
    assertEquals(written, Files.getLastModifiedTime(part).toMillis());
    assertEquals(first.fingerprint(), again.fingerprint());
    assertEquals(first.contentDigest(), again.contentDigest());
    shard("b.tar", 300, 10, 3);
    SampleIndex more = index("");
    assertEquals(310, more.count());
    assertNotEquals(first.fingerprint(), more.fingerprint());
  }

  private String partsFolder() throws IOException {
    try (var files = Files.list(folder.resolve("run/index"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".parts"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void whatTravelsIsTheListOfShards() throws Exception {
    shard("a.tar", 0, 600, 3);
    SampleIndex index = index("");
    index.label(0); // Opens files, which do not travel.
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(index);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      SampleIndex there = (SampleIndex) in.readObject();
      assertEquals("a.tar:k599.jpg", there.name(599));
      assertEquals(599 % 3, there.label(599));
    }
  }

  @Test
  void damagedPartsAndOtherFormatsAreRefused() throws IOException {
    shard("a.tar", 0, 300, 3);
    index("");
    Path part = folder.resolve("run/index").resolve(partsFolder()).resolve("0.part");
    byte[] whole = Files.readAllBytes(part);
    byte[] damaged = whole.clone();
    int classes = 3 * (Integer.BYTES + 1);
    int ends = 5 * Long.BYTES;
    damaged[20 + classes + ends + 12 + 3] = 99; // The class of the first sample.
    Files.write(part, damaged);
    SampleIndex index = index("");
    String message = assertThrows(UncheckedIOException.class, () -> index.label(0)).toString();
    assertTrue(message.contains("0.part is damaged: class 99 of 3"), message);
    for (int cut : new int[] {10, 30, whole.length - 1}) {
      Files.write(part, Arrays.copyOf(whole, cut));
      SampleIndex shorter = index("");
      message = assertThrows(UncheckedIOException.class, () -> shorter.label(299)).toString();
      assertTrue(message.contains("0.part"), message);
    }
    Files.delete(part);
    SampleIndex gone = index("");
    message = assertThrows(UncheckedIOException.class, () -> gone.label(0)).toString();
    assertTrue(message.contains("0.part"), message);
    message =
        assertThrows(RequestException.class, () -> gone.only("fold", new int[] {0})).toString();
    assertTrue(message.contains("data.index"), message);
    Samples.file(folder, "classes/dog/1.jpg");
    message =
        assertThrows(
                RequestException.class,
                () ->
                    SampleIndexer.local(Samples.HADOOP)
                        .index(
                            Samples.split(folder.resolve("classes"), ""),
                            FileSystem.getLocal(Samples.HADOOP),
                            new org.apache.hadoop.fs.Path(folder.toUri()),
                            IndexPlace.FILES))
            .toString();
    assertTrue(message.contains("data.index"), message);
  }
}
