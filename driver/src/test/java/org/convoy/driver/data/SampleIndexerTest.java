package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.convoy.driver.spark.SparkCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses a Spark that runs in this process. */
class SampleIndexerTest {

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private static JavaSparkContext spark;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  @BeforeAll
  static void startSpark() {
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("index")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "localhost")
                .set("spark.driver.bindAddress", "127.0.0.1"));
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void aSparkJobFindsTheSameAsALocalWalk() throws IOException {
    for (int i = 0; i < 60; i++) {
      Samples.file(folder, "train/class" + i % 23 + "/" + i + ".jpg");
    }
    DataSplit split = Samples.split(folder, "train");
    SampleIndex onSpark = SampleIndexer.on(new SparkCluster(spark).scanJobs()).index(split);
    SampleIndex local = SampleIndexer.local(Samples.HADOOP).index(split);
    assertEquals(23, onSpark.classes().size());
    assertEquals(60, onSpark.count());
    assertEquals(local.fingerprint(), onSpark.fingerprint());
    for (int i = 0; i < local.count(); i++) {
      assertEquals(local.uri(i), onSpark.uri(i));
    }
  }

  @Test
  void indexesTheRealTars() throws IOException {
    SampleIndexer indexer = SampleIndexer.on(new SparkCluster(spark).scanJobs());
    Path cifar = Samples.real("cifar10.tar");
    SampleIndex train = indexer.index(Samples.split(cifar, "train"));
    SampleIndex test = indexer.index(Samples.split(cifar, "test"));
    assertEquals(50_000, train.count());
    assertEquals(10_000, test.count());
    assertEquals("airplane", train.classes().get(0));
    assertEquals("truck/4999.jpg", train.describe(49_999));
    test.requireClasses(train.classes(), "the training split");

    SampleIndex imagenet =
        indexer.index(Samples.split(Samples.real("imagenet-250.tar"), "imagenet"));
    assertEquals(250, imagenet.count());
    assertEquals(250, imagenet.classes().size());
  }

  @Test
  void aSegmentedTarOnSparkIsTheSame() throws IOException {
    DataSplit split = Samples.split(Samples.real("cifar10.tar"), "train");
    SampleIndexBuilder cut =
        new TarFormat(8 << 20).list(split, false, new SparkCluster(spark).scanJobs());
    assertEquals(
        SampleIndexer.local(Samples.HADOOP).index(split).fingerprint(),
        cut.build(split).fingerprint());
  }

  @Test
  void anErrorInTheDataKeepsItsMessage() throws IOException {
    Path whole = Samples.tar(folder.resolve("whole.tar"), "a/1.jpg", "a/2.jpg");
    Path cut = folder.resolve("cut.tar");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(whole), 700));
    DataSetException error =
        assertThrows(
            DataSetException.class,
            () ->
                SampleIndexer.on(new SparkCluster(spark).scanJobs()).index(Samples.split(cut, "")));
    assertTrue(
        String.valueOf(error.getMessage()).startsWith("tar file:" + cut + " is cut short"),
        error.getMessage());
  }

  @Test
  void anIndexIsKeptUntilTheSourceChanges() throws IOException {
    Path tar = Samples.tar(folder.resolve("a.tar"), "a/1.jpg", "a/2.jpg");
    org.apache.hadoop.fs.Path kept =
        new org.apache.hadoop.fs.Path(folder.resolve("out/index").toUri());
    SampleIndexer indexer = SampleIndexer.local(Samples.HADOOP);
    SampleIndex first = indexer.index(Samples.split(tar, ""), raw(), kept);
    // Length and time are the same, the contents differ: only a kept index still describes the
    // earlier data.
    FileTime time = Files.getLastModifiedTime(tar);
    byte[] bytes = Files.readAllBytes(tar);
    Files.write(tar, new byte[bytes.length]);
    Files.setLastModifiedTime(tar, time);
    SampleIndex again = indexer.index(Samples.split(tar, ""), raw(), kept);
    assertNotSame(first, again);
    assertSame(first, again);
    // The time differs, so the split is listed again.
    Files.write(tar, bytes);
    Files.setLastModifiedTime(tar, FileTime.fromMillis(time.toMillis() + 5000));
    assertSame(first, indexer.index(Samples.split(tar, ""), raw(), kept));
    Samples.tar(tar, "a/1.jpg", "a/2.jpg", "a/3.jpg");
    SampleIndex changed = indexer.index(Samples.split(tar, ""), raw(), kept);
    assertEquals(3, changed.count());
    assertNotEquals(first.fingerprint(), changed.fingerprint());
    try (Stream<Path> files = Files.list(folder.resolve("out/index"))) {
      List<String> names = files.map(each -> each.getFileName().toString()).toList();
      assertEquals(1, names.size(), names::toString);
      assertTrue(names.get(0).endsWith(".index"));
    }
  }

  @Test
  void aFolderIndexIsMadeAgainAfterAFileIsAdded() throws IOException {
    Samples.file(folder, "data/a/1.jpg");
    org.apache.hadoop.fs.Path kept = new org.apache.hadoop.fs.Path(folder.resolve("index").toUri());
    SampleIndexer indexer = SampleIndexer.local(Samples.HADOOP);
    DataSplit split = Samples.split(folder.resolve("data"), "");
    assertEquals(1, indexer.index(split, raw(), kept).count());
    Samples.file(folder, "data/a/2.jpg");
    Files.setLastModifiedTime(folder.resolve("data/a"), FileTime.fromMillis(1_000_000));
    assertEquals(2, indexer.index(split, raw(), kept).count());
  }

  @Test
  void aDamagedIndexIsMadeAgain() throws IOException {
    Path tar = Samples.tar(folder.resolve("a.tar"), "a/1.jpg", "b/2.jpg");
    Path kept = folder.resolve("index");
    org.apache.hadoop.fs.Path hadoopKept = new org.apache.hadoop.fs.Path(kept.toUri());
    SampleIndexer indexer = SampleIndexer.local(Samples.HADOOP);
    SampleIndex first = indexer.index(Samples.split(tar, ""), raw(), hadoopKept);
    Path file;
    try (Stream<Path> files = Files.list(kept)) {
      file = files.filter(each -> each.toString().endsWith(".index")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at += 7) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x40;
      assertThrows(IOException.class, () -> read(damaged));
    }
    assertThrows(IOException.class, () -> read(Arrays.copyOf(bytes, bytes.length - 1)));
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertSame(first, indexer.index(Samples.split(tar, ""), raw(), hadoopKept));
    assertSame(first, read(Files.readAllBytes(file)).index());
  }

  /** A session gives the file system that follows the umask of the process. */
  @Test
  void theGivenFileSystemDecidesThePermissions() throws IOException {
    Samples.file(folder, "data/a/1.jpg");
    Path kept = folder.resolve("index");
    SampleIndexer.local(Samples.HADOOP)
        .index(
            Samples.split(folder.resolve("data"), ""),
            raw(),
            new org.apache.hadoop.fs.Path(kept.toUri()));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)));
    try (Stream<Path> files = Files.list(kept)) {
      Path file = files.findFirst().orElseThrow();
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
  }

  @Test
  void anIndexCanBeBroadcast() throws IOException {
    SampleIndex index = Samples.index(Samples.real("cifar10.tar"), "train");
    Broadcast<SampleIndex> shared = spark.broadcast(index);
    List<String> there =
        spark
            .parallelize(List.of(0, 49_999), 2)
            .map(i -> shared.value().describe(i) + " " + shared.value().fingerprint())
            .collect();
    shared.destroy();
    assertEquals(
        List.of(
            "airplane/0000.jpg " + index.fingerprint(), "truck/4999.jpg " + index.fingerprint()),
        there);
    assertFalse(there.isEmpty());
  }

  /** Local files without check sums, which only their owner may read. */
  private static FileSystem raw() throws IOException {
    Configuration own = new Configuration(Samples.HADOOP);
    own.set(CommonConfigurationKeys.FS_PERMISSIONS_UMASK_KEY, "077");
    RawLocalFileSystem files = new RawLocalFileSystem();
    files.initialize(URI.create("file:///"), own);
    return files;
  }

  private static SampleIndexFile.Stamped read(byte[] bytes) throws IOException {
    return SampleIndexFile.read(new java.io.ByteArrayInputStream(bytes), bytes.length);
  }

  private static void assertSame(SampleIndex expected, SampleIndex got) {
    assertEquals(expected.fingerprint(), got.fingerprint());
    assertEquals(expected.title(), got.title());
    assertEquals(describe(expected), describe(got));
  }

  private static List<String> describe(SampleIndex index) {
    return IntStream.range(0, index.count())
        .mapToObj(
            i ->
                index.uri(i)
                    + " "
                    + index.offset(i)
                    + " "
                    + index.length(i)
                    + " "
                    + index.label(i)
                    + " "
                    + index.describe(i))
        .toList();
  }
}
