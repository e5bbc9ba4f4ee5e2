package org.convoy.driver.packing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.driver.data.DataSet;
import org.convoy.driver.data.DataSetException;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleIndexer;
import org.convoy.driver.data.SampleReader;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.driver.training.FatalFiles;
import org.convoy.driver.training.ProcessCluster;
import org.convoy.image.codec.ImageDecoder;
import org.convoy.image.codec.JpegEncoder;
import org.convoy.image.codec.Raster;
import org.convoy.image.loader.OnBadImage;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packed copies of a few JPEG files: the same bytes on any number of executors, lost ones too. */
final class PackingTest {
  private static final Configuration HADOOP = new Configuration();

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  private Path source() {
    return folder.resolve("source");
  }

  /** About 480 KiB of noise in each of the large files: three of them fill a shard of a MiB. */
  @BeforeEach
  void drawImages() throws IOException {
    Random random = new Random(7);
    for (String split : List.of("train", "validation")) {
      for (String name : List.of("cat", "dog")) {
        for (int i = 0; i < (split.equals("train") ? 8 : 1); i++) {
          byte[] rgb = new byte[3 * 400 * 600];
          random.nextBytes(rgb);
          write(split + "/" + name + "/" + i + ".jpg", JpegEncoder.encode(rgb, 400, 600, 100));
        }
      }
    }
    byte[] small = new byte[3 * 20 * 30];
    write("train/cat/small.jpg", JpegEncoder.encode(small, 20, 30, 90));
  }

  private void write(String path, byte[] content) throws IOException {
    Path file = source().resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private static SparkConf local(int executors) {
    return new SparkConf()
        .setMaster("local[" + executors + "]")
        .setAppName("packing")
        .set("spark.ui.enabled", "false");
  }

  private PackRequest request(Path to, int side, OnBadImage onBadImage) {
    return new PackRequest(
        source().toUri().toString(),
        List.of("train", "validation"),
        to.toUri().toString(),
        side,
        90,
        1,
        onBadImage);
  }

  private static PackResult pack(SparkConf conf, PackRequest request) throws Exception {
    try (JavaSparkContext spark = new JavaSparkContext(SparkSettings.prepare(conf))) {
      return new Packing(new SparkCluster(spark), request, text -> {}).run();
    }
  }

  private static SampleIndex index(Path data, String split) throws IOException {
    return SampleIndexer.local(HADOOP).index(DataSet.at(data.toString(), HADOOP).split(split));
  }

  private static List<byte[]> images(Path data, String split) throws IOException {
    SampleIndex index = index(data, split);
    List<byte[]> all = new ArrayList<>();
    try (SampleReader reader = new SampleReader(index, 4, 1 << 24, HADOOP)) {
      for (int i = 0; i < index.count(); i++) {
        all.add(reader.read(i));
      }
    }
    return all;
  }

  /** Every file below a folder except the summary and the hidden ones. */
  private static Map<String, String> tars(Path data) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> all = Files.walk(data)) {
      for (Path each : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        if (each.toString().endsWith(".tar")) {
          digests.put(
              data.relativize(each).toString(), Arrays.hashCode(Files.readAllBytes(each)) + "");
        }
      }
    }
    return digests;
  }

  @Test
  void aCopyHoldsTheSameFilesInTheSameOrder() throws Exception {
    Path packed = folder.resolve("packed");
    PackResult result = pack(local(2), request(packed, 0, OnBadImage.FAIL));
    assertEquals(17, result.splits().get(0).images());
    assertEquals(0, result.splits().get(0).scaled());
    assertTrue(result.splits().get(0).shards() > 3, result.toString());
    assertEquals(2, result.splits().get(1).images());
    for (String split : List.of("train", "validation")) {
      SampleIndex from = index(source(), split);
      SampleIndex to = index(packed, split);
      assertEquals(List.of("cat", "dog"), to.classes());
      assertArrayEquals(from.labels(), to.labels());
      List<byte[]> before = images(source(), split);
      List<byte[]> after = images(packed, split);
      for (int i = 0; i < before.size(); i++) {
        assertArrayEquals(before.get(i), after.get(i), from.describe(i));
      }
    }
    assertTrue(Files.readString(packed.resolve("summary.json")).contains("\"images\" : 17"));
  }

  @Test
  void largeImagesAreScaledAndSmallOnesStay() throws Exception {
    Path one = folder.resolve("one");
    Path three = folder.resolve("three");
    PackResult result = pack(local(1), request(one, 100, OnBadImage.FAIL));
    assertEquals(16, result.splits().get(0).scaled());
    pack(local(3), request(three, 100, OnBadImage.FAIL));
    assertEquals(tars(one), tars(three), "on any number of executors");
    List<byte[]> images = images(one, "train");
    assertArrayEquals(
        Files.readAllBytes(source().resolve("train/cat/small.jpg")), images.get(8), "small");
    Raster raster = new Raster();
    try (ImageDecoder decoder = new ImageDecoder()) {
      decoder.decode(decoder.open("first", images.get(0)), 3, raster);
    }
    assertEquals(List.of(100, 150), List.of(raster.height(), raster.width()));
  }

  @Test
  void imagesThatDoNotDecodeFailOrAreLeftOut() throws Exception {
    write("train/dog/a.jpg", "no image".getBytes(StandardCharsets.UTF_8));
    Path packed = folder.resolve("packed");
    String message =
        assertThrows(
                PackFailedException.class,
                () -> pack(local(1), request(packed, 100, OnBadImage.FAIL)))
            .toString();
    assertTrue(message.contains("dog/a.jpg") && message.contains("skip"), message);
    String other =
        assertThrows(
                RequestException.class, () -> pack(local(1), request(packed, 100, OnBadImage.SKIP)))
            .toString();
    assertTrue(other.contains("on_bad_image was \"fail\", and is now \"skip\""), other);
    PackResult result = pack(local(1), request(folder.resolve("left"), 100, OnBadImage.SKIP));
    assertEquals(17, result.splits().get(0).images());
    assertEquals(1, result.splits().get(0).skipped().size());
    assertTrue(result.splits().get(0).skipped().get(0).startsWith("dog/a.jpg: "));
  }

  /** Two executors are killed while they write; then every attempt at a shard is. */
  @Test
  void anInterruptedPackGoesOn() throws Exception {
    Path whole = folder.resolve("whole");
    pack(local(2), request(whole, 100, OnBadImage.FAIL));
    Path traps = folder.resolve("traps");
    Files.createDirectories(traps);
    SparkConf processes =
        ProcessCluster.settings(1, 512, "-XX:TieredStopAtLevel=1")
            .set("spark.ui.enabled", "false")
            .set("spark.hadoop.fs.fatal.impl", FatalFiles.class.getName())
            .set("spark.hadoop." + FatalFiles.TRAPS, traps.toString())
            .set("spark.task.maxFailures", "2");
    Path packed = folder.resolve("packed");
    PackRequest fatal =
        new PackRequest(
            source().toUri().toString(),
            List.of("train", "validation"),
            FatalFiles.SCHEME + "://" + packed,
            100,
            90,
            1,
            OnBadImage.FAIL);
    for (int i = 0; i < 2; i++) {
      FatalFiles.set(
          traps,
          "second-" + i,
          new FatalFiles.Trap("KILL", ".*/\\.train-00002\\.tar\\..*", "", false));
    }
    assertThrows(PackFailedException.class, () -> pack(processes.clone(), fatal));
    assertEquals(2, FatalFiles.sprung(traps).size(), "one attempt and its repetition");
    Map<String, String> early = tars(packed);
    assertTrue(early.size() >= 2 && !early.containsKey("train/train-00002.tar"), early.toString());
    long written = Files.getLastModifiedTime(packed.resolve("train/train-00000.tar")).toMillis();
    PackResult rest = pack(processes.clone(), fatal);
    assertEquals(early.size(), rest.splits().get(0).kept());
    assertEquals(
        written, Files.getLastModifiedTime(packed.resolve("train/train-00000.tar")).toMillis());
    assertEquals(tars(whole), tars(packed));
    try (Stream<Path> files = Files.list(packed.resolve("train"))) {
      assertFalse(files.anyMatch(file -> file.getFileName().toString().startsWith(".")));
    }
  }

  @Test
  void damagedShardsAreFoundAndWrittenAgain() throws Exception {
    Path packed = folder.resolve("packed");
    PackRequest request = request(packed, 0, OnBadImage.FAIL);
    pack(local(1), request);
    Path shard = packed.resolve("train/train-00001.tar");
    byte[] whole = Files.readAllBytes(shard);
    byte[] damaged = whole.clone();
    damaged[5000] ^= 1;
    Files.write(shard, damaged);
    String message =
        assertThrows(PackFailedException.class, () -> pack(local(1), request)).toString();
    assertTrue(message.contains("train-00001.tar is damaged"), message);
    PackResult again = pack(local(1), request);
    assertEquals(again.splits().get(0).shards() - 1, again.splits().get(0).kept());
    assertArrayEquals(whole, Files.readAllBytes(shard));
  }

  @Test
  void foldersOfOthersAreRefused() throws Exception {
    Path packed = folder.resolve("packed");
    Files.createDirectories(packed);
    Files.writeString(packed.resolve("thesis.txt"), "mine");
    String message =
        assertThrows(
                RequestException.class, () -> pack(local(1), request(packed, 0, OnBadImage.FAIL)))
            .toString();
    assertTrue(message.contains("thesis.txt"), message);
    PackRequest inside = request(source().resolve("train/out"), 0, OnBadImage.FAIL);
    assertThrows(RequestException.class, () -> pack(local(1), inside));
    Files.createDirectories(source().resolve("train/ bird"));
    Files.copy(source().resolve("train/cat/small.jpg"), source().resolve("train/ bird/small.jpg"));
    Files.createDirectories(source().resolve("validation/ bird"));
    Files.copy(
        source().resolve("train/cat/small.jpg"), source().resolve("validation/ bird/small.jpg"));
    PackRequest odd = request(folder.resolve("odd"), 0, OnBadImage.FAIL);
    assertTrue(
        assertThrows(DataSetException.class, () -> pack(local(1), odd))
            .toString()
            .contains("class ' bird'"));
  }

  @Test
  void foldersAreNamedAfterSplits() {
    assertEquals("train", Packing.folder("train"));
    assertEquals("train", Packing.folder("images/train.csv"));
    assertEquals("train", Packing.folder("train-{000..127}.tar"));
    assertEquals("data", Packing.folder("*.tar"));
    assertEquals("", Packing.folder(""));
  }
}
