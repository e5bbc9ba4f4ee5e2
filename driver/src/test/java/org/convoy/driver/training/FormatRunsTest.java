package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.data.FaultyFiles;
import org.convoy.driver.data.StoredCopies;
import org.convoy.driver.monitor.RunSummary;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A training from each storage format. The same images in the same order give the same weights,
 * wherever they are stored.
 */
final class FormatRunsTest {
  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static StoredCopies copies;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static String weights;

  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  @FunctionalInterface
  private interface Writer {
    Path write(StoredCopies copies, Path to) throws IOException;
  }

  private enum Stored {
    TAR(StoredCopies::tar, "train", "validation"),
    TAR_GZ(StoredCopies::tarGz, "train", "validation"),
    WEB_DATASET(StoredCopies::webDataset, "train", "validation"),
    TF_RECORD(StoredCopies::tfRecords, "train", "validation"),
    SEQUENCE_FILE(StoredCopies::sequenceFiles, "train", "validation"),
    LIST(StoredCopies::lists, "train.csv", "validation.csv"),
    IMAGENET(StoredCopies::imageNet, "train", "validation");

    @SuppressWarnings("ImmutableEnumChecker") // A method reference without state.
    private final Writer writer;

    private final String train;
    private final String validation;

    Stored(Writer writer, String train, String validation) {
      this.writer = writer;
      this.train = train;
      this.validation = validation;
    }
  }

  @BeforeAll
  static void trainFromFolders() throws Exception {
    copies = new StoredCopies(runs.data());
    weights =
        runs.train(runs.data(), runs.folder().resolve("folders"), false, "epochs=1")
            .weightsSha256();
  }

  @ParameterizedTest
  @EnumSource
  void everyFormatTrainsToTheSameWeights(Stored stored) throws Exception {
    Path data = stored.writer.write(copies, folder.resolve("data"));
    RunSummary summary =
        runs.train(
            data,
            folder.resolve("run"),
            false,
            "epochs=1",
            "data.train=\"" + stored.train + "\"",
            "data.validation=\"" + stored.validation + "\"");
    assertEquals(weights, summary.weightsSha256());
  }

  /** The shards are in the order of the index in memory, so the order of samples is the same. */
  @Test
  void anIndexInFilesTrainsToTheSameWeights() throws Exception {
    Path data = copies.webDataset(folder.resolve("data"));
    RunSummary summary =
        runs.train(3, data, folder.resolve("run"), false, "epochs=1", "data.index=files");
    assertEquals(weights, summary.weightsSha256());
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "disk"})
  void cachedBytesTrainToTheSameWeights(String place) throws Exception {
    RunSummary summary =
        runs.train(
            runs.data(),
            folder.resolve("run"),
            false,
            "epochs=1",
            "data.cache=" + place,
            "data.cache-mebibytes=1");
    assertEquals(weights, summary.weightsSha256());
  }

  /** The files of one class of ten are on the executors' host. */
  @Test
  void theSummarySaysWhichShareOfTheDataWasLocal() throws Exception {
    FaultyFiles.install(new Configuration());
    FaultyFiles.near("/circle/");
    Path data = Path.of("faulty:" + runs.data());
    RunSummary summary = runs.train(data, folder.resolve("run"), false, "epochs=1");
    assertEquals(weights, summary.weightsSha256());
    double share = summary.localReadShare();
    assertTrue(share > 0.02 && share < 0.5, "one of ten classes: " + share);
  }

  /** The files of a class last for the listing and for the first epoch. */
  @Test
  void filesThatVanishInMidRunAreNamedAndTheRunGoesOnWhenTheyAreBack() throws Exception {
    Path data = Path.of("faulty:" + runs.data());
    String[] settings = {"epochs=2", "checkpoint.every-steps=2", "max-restarts=0"};
    FaultyFiles.install(new Configuration());
    String undisturbed = runs.train(data, folder.resolve("all"), false, settings).weightsSha256();
    FaultyFiles.vanish("/train/star/", 2);
    Exception failure =
        assertThrows(
            TrainingFailedException.class,
            () -> runs.train(data, folder.resolve("run"), false, settings));
    assertTrue(failure.toString().contains("star/"), failure.toString());
    assertTrue(failure.toString().contains("is gone"), failure.toString());
    FaultyFiles.install(new Configuration());
    RunSummary resumed = runs.train(data, folder.resolve("run"), true, settings);
    assertEquals(undisturbed, resumed.weightsSha256());
  }

  @Test
  void cifarTrains() throws Exception {
    Path data = Files.createDirectories(folder.resolve("cifar"));
    for (String name :
        List.of(
            "data_batch_1",
            "data_batch_2",
            "data_batch_3",
            "data_batch_4",
            "data_batch_5",
            "test_batch")) {
      ByteBuffer file = ByteBuffer.allocate(10 * 3073);
      for (int i = 0; i < 10; i++) {
        file.put((byte) i);
        for (int pixel = 0; pixel < 3072; pixel++) {
          file.put((byte) (i * 20 + pixel % 7));
        }
      }
      Files.write(data.resolve(name + ".bin"), file.array());
    }
    assertSteps(2, data, "data.validation=test", "image.evaluation=[{center-crop: 16}]");
  }

  @Test
  void compressedMnistTrains() throws Exception {
    Path data = Files.createDirectories(folder.resolve("mnist"));
    for (String name : List.of("train", "t10k")) {
      ByteBuffer images = ByteBuffer.allocate(16 + 50 * 28 * 28);
      images.putInt(0x803).putInt(50).putInt(28).putInt(28);
      ByteBuffer labels = ByteBuffer.allocate(8 + 50);
      labels.putInt(0x801).putInt(50);
      for (int i = 0; i < 50; i++) {
        labels.put((byte) (i % 10));
        for (int pixel = 0; pixel < 28 * 28; pixel++) {
          images.put((byte) (i % 10 * 25 + pixel % 5));
        }
      }
      gzip(data.resolve(name + "-images-idx3-ubyte.gz"), images.array());
      gzip(data.resolve(name + "-labels-idx1-ubyte.gz"), labels.array());
    }
    assertSteps(2, data, "data.validation=test", "image.evaluation=[{center-crop: 16}]");
  }

  private static void gzip(Path file, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream compressing = new GZIPOutputStream(out)) {
      compressing.write(content);
    }
    Files.write(file, out.toByteArray());
  }

  /** Real photographs of 250 classes, laid out as ImageNet is distributed. */
  @Test
  void imageNetsLayoutTrains() throws Exception {
    String home = System.getProperty("convoy.home", ".");
    Path tar = Path.of(home, "..", "shared", "data", "imagenet-250.tar");
    assumeTrue(Files.exists(tar), () -> "needs " + tar);
    StoredCopies photographs = StoredCopies.ofSplit(tar, "imagenet");
    Path data = photographs.imageNet(folder.resolve("ILSVRC"));
    assertSteps(
        photographs.count() / 24,
        data,
        "image.train=[{random-resized-crop: {size: 16}}]",
        "image.evaluation=[{resize: 18}, {center-crop: 16}]");
  }

  private void assertSteps(long steps, Path data, String... overrides) throws Exception {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("epochs=1");
    RunSummary summary = runs.train(data, folder.resolve("run"), false, all.toArray(String[]::new));
    assertEquals(steps, summary.steps());
    assertTrue(Double.isFinite(summary.trainLoss()), summary::toString);
  }
}
