package org.convoy.driver.evaluation;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.DamagedFileException;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.inference.InferenceOptions;
import org.convoy.kernels.NativeMemory;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are opened as models, of which some are none. */
final class ModelFoldersTest {
  private static final InferenceOptions OPTIONS = InferenceOptions.of(8);

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Path shared;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeAll
  static void save() throws IOException {
    NativeMemory.unlimited();
    new ShapesGenerator(new ShapesSettings(0, 1, 32, 5)).write(shared.resolve("shapes"));
    SmallModel.save(shared);
  }

  /** A cluster manager would kill executors that predict with less memory than it takes. */
  @Test
  void predictionIsRefusedWhereAnExecutorLacksMemory() throws Exception {
    String model = "file:" + shared.resolve("model");
    long heap = 1L << 30;
    ExecutorSize small = new ExecutorSize(2, heap, 200L << 20, true);
    RequestException refused =
        assertThrows(
            RequestException.class,
            () -> SharedModels.requireMemory(model, OPTIONS, small, new Configuration()));
    String text = refused.toString();
    assertTrue(text.contains("add --conf spark.executor.memoryOverhead="), text);
    long asked = Long.parseLong(text.replaceAll(".*memoryOverhead=(\\d+)m.*", "$1")) << 20;
    SharedModels.requireMemory(
        model, OPTIONS, new ExecutorSize(2, heap, asked, true), new Configuration());
    SharedModels.requireMemory(
        model, OPTIONS, new ExecutorSize(2, heap, 200L << 20, false), new Configuration());
  }

  @Test
  void foldersThatAreNoModelAndDamagedOnesAreToldApart() throws Exception {
    IllegalArgumentException none =
        assertThrows(
            IllegalArgumentException.class,
            () -> Predictor.open("file:" + folder, OPTIONS, new Configuration()));
    assertTrue(none.toString().contains("no saved model at file:" + folder), none::toString);
    Path model = folder.resolve("model");
    copy(shared.resolve("model"), model);
    for (String file :
        List.of("weights.safetensors", "labels.txt", "model.json", "manifest.json")) {
      byte[] sound = Files.readAllBytes(model.resolve(file));
      byte[] damaged = sound.clone();
      damaged[damaged.length / 2] ^= 1;
      Files.write(model.resolve(file), damaged);
      DamagedFileException failure =
          assertThrows(
              DamagedFileException.class,
              () -> Predictor.open("file:" + model, OPTIONS, new Configuration()));
      assertTrue(failure.toString().contains(file), failure::toString);
      Files.write(model.resolve(file), sound);
    }
    Predictor.open("file:" + model, OPTIONS, new Configuration()).close();
  }

  @Test
  void whatIsNoModelIsCalledByWhatItIs() throws Exception {
    Path run = folder.resolve("run");
    refused("got nothing", run);
    Files.createDirectories(run);
    refused("got an empty folder", run);
    Path checkpoint = Files.createDirectories(run.resolve("checkpoints/step-00000012"));
    refused("got the folder of a run that has not saved its model yet", run);
    refused("got a run's checkpoints", run.resolve("checkpoints"));
    Files.writeString(checkpoint.resolve("manifest.json"), "{}");
    Files.writeString(checkpoint.resolve("parameters.safetensors"), "");
    refused("got a checkpoint, from which a run goes on", checkpoint);
    copy(shared.resolve("model"), run.resolve("model"));
    refused("got a run's folder: the model is in " + run.resolve("model"), run);
    refused("got a file", run.resolve("model/labels.txt"));
    refused("which holds train, validation", shared.resolve("shapes"));
  }

  private static void refused(String reason, Path location) {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> Predictor.open("file:" + location, OPTIONS, new Configuration()));
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each)));
      }
    }
  }
}
