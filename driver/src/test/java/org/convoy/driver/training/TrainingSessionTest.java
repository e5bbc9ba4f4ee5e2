package org.convoy.driver.training;

import static org.convoy.driver.training.SmallRuns.refused;
import static org.convoy.driver.training.SmallRuns.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.convoy.driver.monitor.RunSummary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs of a small network on real files, of which some are refused or hold what does not
 * decode.
 */
final class TrainingSessionTest {
  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  @Test
  void whatIsComputedAgainIsComputedAlike() throws Exception {
    RunSummary kept = train(2, "kept", false, "max-steps=3");
    RunSummary again = train(2, "again", false, "max-steps=3", "activation-checkpointing=blocks");
    assertEquals(kept.weightsSha256(), again.weightsSha256());
  }

  @Test
  void checkpointsHaveTheSameBytesWhetherTrainingWaitsForThemOrNot() throws Exception {
    String[] often = {"checkpoint.every-steps=2", "checkpoint.keep=9", "checkpoint.best=true"};
    RunSummary waiting = train(2, "waiting", false, with(often, "checkpoint.in-background=false"));
    RunSummary goingOn = train(2, "going-on", false, with(often, "checkpoint.in-background=true"));
    assertEquals(waiting.weightsSha256(), goingOn.weightsSha256());
    Map<String, String> expected = tensorFiles(folder.resolve("waiting/checkpoints"));
    // Parameters and two files of state at steps 2, 4, 6, 8, 10, 12; the best epoch's from 6 on.
    assertEquals(3 * 6 + 4, expected.size());
    assertEquals(expected, tensorFiles(folder.resolve("going-on/checkpoints")));
  }

  /** The digests of all files of tensors, by their paths. */
  private static Map<String, String> tensorFiles(Path checkpoints) throws Exception {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> all = Files.walk(checkpoints)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        if (file.toString().endsWith(".safetensors")) {
          byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
          digests.put(checkpoints.relativize(file).toString(), HexFormat.of().formatHex(digest));
        }
      }
    }
    return digests;
  }

  @Test
  void aDamagedCheckpointIsPassedOver() throws Exception {
    RunSummary whole = train(2, "run", false, "checkpoint.every-steps=2", "max-steps=5");
    Path latest = folder.resolve("run/checkpoints/step-00000005/parameters.safetensors");
    byte[] bytes = Files.readAllBytes(latest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(latest, bytes);
    RunSummary again = train(2, "run", true, "checkpoint.every-steps=2", "max-steps=5");
    assertEquals(whole.weightsSha256(), again.weightsSha256());
  }

  @Test
  void anImageThatDoesNotDecodeIsNamedAndSkippedOrFails() throws Exception {
    Path data = runs.copy(folder.resolve("shapes"));
    Files.writeString(data.resolve("train/ring/0003.jpg"), "this is text");
    Path cut = data.resolve("validation/star/0001.jpg");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 300));

    RunSummary skipped =
        runs.train(
            data,
            folder.resolve("skip"),
            false,
            "data.on-bad-image=skip",
            "data.max-bad-share=0.05");
    assertEquals(2, skipped.badImages());
    assertEquals(
        List.of("ring/0003.jpg", "star/0001.jpg"),
        skipped.badImageNames().stream().map(name -> name.replaceAll(" .*", "")).sorted().toList());

    TrainingFailedException failure =
        assertThrows(
            TrainingFailedException.class,
            () -> runs.train(data, folder.resolve("fail"), false, "checkpoint.every-steps=1"));
    assertTrue(
        failure.toString().matches(".*rank [01].*(ring/0003|star/0001).jpg.*"), failure::toString);
    assertFalse(Files.exists(folder.resolve("fail/model")));
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() throws Exception {
    train(1, "run", false, "max-steps=1", "validation.every-epochs=9");
    refused("holds a run of 1 steps already", () -> train(1, "run", false, "max-steps=1"));
    refused(
        "optimizer.momentum: 0.9 there, 0.8 here",
        () -> train(1, "run", true, "optimizer.momentum=0.8"));
    Path run = folder.resolve("run");
    Path other = runs.copy(folder.resolve("shapes"));
    // A copy in another place is the same data.
    assertEquals(1, runs.train(1, other, run, true, "max-steps=1").steps());
    Path image = other.resolve("train/ring/0003.jpg");
    byte[] bytes = Files.readAllBytes(image);
    bytes[bytes.length - 3] ^= 1;
    Files.write(image, bytes);
    refused(
        "other images than are now at " + other,
        () -> runs.train(1, other, run, true, "max-steps=1"));
    refused(
        "would be taken for a class",
        () -> runs.train(1, other, folder.resolve("shapes/train/out"), false, "max-steps=1"));
    Files.delete(other.resolve("train/ring/0003.jpg"));
    refused("was made with other data", () -> runs.train(1, other, run, true, "max-steps=1"));
    refused("expected 1 to 4", () -> train(5, "many", false, "max-steps=1"));
    refused(
        "expected at least one global batch of 400",
        () -> train(1, "large", false, "batch.micro-batch-size=100"));
  }

  private RunSummary train(int executors, String run, boolean resume, String... overrides)
      throws Exception {
    return runs.train(executors, runs.data(), folder.resolve(run), resume, overrides);
  }
}
