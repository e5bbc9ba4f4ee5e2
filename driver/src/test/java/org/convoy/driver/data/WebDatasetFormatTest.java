package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebDataset: files of one key are one sample. */
class WebDatasetFormatTest {
  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  @Test
  void webDatasetsJoinFilesOfOneKey() throws IOException {
    Files.write(
        folder.resolve("train-000.tar"),
        Samples.tarOf("0001.jpg", "one", "0001.cls", "10", "0002.cls", "2", "0002.jpg", "two"));
    Files.write(
        folder.resolve("train-001.tar"),
        Samples.tarOf(
            "a/0001.png",
            "three",
            "a/0001.json",
            "{\"label\": 2, \"x\": 1}",
            "a/0001.txt",
            "no",
            "0003.jpg",
            "four",
            "0003.txt",
            "10\n",
            "0004.cls",
            "2",
            "lost.bin",
            "?"));
    Files.write(folder.resolve("val-000.tar"), Samples.tarOf("0.jpg", "five", "0.cls", "2"));
    SampleIndex index = Samples.index(folder, "train-{000..001}.tar");
    assertEquals(List.of("2", "10"), index.classes(), "ordered as numbers");
    assertEquals(
        List.of(
            "2/train-000.tar:0002.jpg",
            "2/train-001.tar:a/0001.png",
            "10/train-000.tar:0001.jpg",
            "10/train-001.tar:0003.jpg"),
        Samples.described(index));
    Samples.assertReads(index, "two", "three", "one", "four");
    assertEquals(2, index.ignoredFiles(), "a class without an image, and a file of no kind");
    assertEquals(index.fingerprint(), Samples.index(folder, "train").fingerprint());
    assertEquals(1, Samples.index(folder, "val-*.tar").count());
  }

  @Test
  void webDatasetsTakeNamesFromAFile() throws IOException {
    Files.write(
        folder.resolve("t.tar"),
        Samples.tarOf("1.jpg", "one", "1.cls", "1", "2.jpg", "two", "2.cls", "0"));
    Files.writeString(folder.resolve("classes.txt"), "zebra\napple\nempty\n");
    SampleIndex index = Samples.index(folder, "");
    assertEquals(List.of("zebra", "apple", "empty"), index.classes());
    assertEquals(List.of("zebra/t.tar:2.jpg", "apple/t.tar:1.jpg"), Samples.described(index));
    Files.writeString(folder.resolve("classes.txt"), "zebra\n");
    assertTrue(
        Samples.refused(folder, "").contains("names 1 classes"), Samples.refused(folder, ""));
  }

  @Test
  void damagedWebDatasetsAreRefusedByName() throws IOException {
    Path shard = folder.resolve("t.tar");
    byte[] whole = Samples.tarOf("1.jpg", "x".repeat(3000), "1.cls", "1");
    Files.write(shard, Arrays.copyOf(whole, 2048));
    assertTrue(
        Samples.refused(folder, "").contains("t.tar is cut short"), Samples.refused(folder, ""));
    Files.write(shard, Samples.tarOf("1.jpg", "one"));
    assertTrue(Samples.refused(folder, "").contains("sample 1 of"), Samples.refused(folder, ""));
    Files.write(shard, Samples.tarOf("1.jpg", "one", "1.json", "{"));
    assertTrue(Samples.refused(folder, "").contains("1.json"), Samples.refused(folder, ""));
    Files.write(shard, Samples.tarOf("1.jpg", "one", "1.png", "two", "1.cls", "0"));
    assertTrue(Samples.refused(folder, "").contains("two images"), Samples.refused(folder, ""));
    assertTrue(
        Samples.refused(folder, "u-{0..2}.tar").contains("u-0.tar"),
        Samples.refused(folder, "u-{0..2}.tar"));
    assertTrue(
        Samples.refused(folder, "u-{5..2}.tar").contains("rising"),
        Samples.refused(folder, "u-{5..2}.tar"));
  }

  @Test
  void rangesCountWithTheirZeros() throws IOException {
    assertEquals(List.of("a08b", "a09b", "a10b"), Shards.ranges("a{08..10}b"));
    assertEquals(List.of("x{a,b}"), Shards.ranges("x{a,b}"));
    assertEquals(List.of("0-1", "0-2", "1-1", "1-2"), sorted(Shards.ranges("{0..1}-{1..2}")));
  }

  private static List<String> sorted(List<String> names) {
    return names.stream().sorted().toList();
  }
}
