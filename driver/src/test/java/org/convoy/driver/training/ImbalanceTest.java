package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs on classes of different sizes. */
final class ImbalanceTest {
  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Path data;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  /** One class keeps 2 of its 16 training images. */
  @BeforeAll
  static void removeImages() throws Exception {
    data = runs.copy(runs.folder().resolve("unequal"));
    List<Path> classes;
    try (Stream<Path> all = Files.list(data.resolve("train"))) {
      classes = all.sorted().toList();
    }
    try (Stream<Path> all = Files.list(classes.get(0))) {
      for (Path each : all.sorted().skip(2).toList()) {
        Files.delete(each);
      }
    }
  }

  private String train(int executors, String run, boolean resume, String... overrides)
      throws Exception {
    return runs.train(executors, data, folder.resolve(run), resume, overrides).weightsSha256();
  }

  @Test
  void theSameBytesOnAnyNumberOfExecutorsAndAfterAResume() throws Exception {
    String[] both = {
      "data.sampling=balanced", "class-weights={name: inverse-frequency, power: 0.5}",
      "image.mix=[{mixup: 0.2}]", "max-steps=4"
    };
    String one = train(1, "one", false, both);
    train(4, "four", false, both[0], both[1], both[2], "max-steps=2");
    assertEquals(one, train(2, "four", true, both));
    assertNotEquals(one, train(2, "uniform", false, both[1], both[2], both[3]));
    assertNotEquals(one, train(2, "equal", false, both[0], both[2], both[3]));
  }

  @Test
  void classWeightsOfOneChangeNoByteAndRepeatedSamplesDo() throws Exception {
    String plain = train(2, "plain", false, "max-steps=1");
    assertEquals(
        plain,
        train(
            2, "power", false, "max-steps=1", "class-weights={name: inverse-frequency, power: 0}"));
    String repeated = train(2, "repeated", false, "max-steps=1", "data.sampling=repeated");
    assertNotEquals(plain, repeated);
    assertEquals(
        repeated, train(4, "repeated-on-4", false, "max-steps=1", "data.sampling=repeated"));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    refused(
        "class-weights.classes: expected a class of the training images, got \"bee\"",
        "class-weights={name: stated, classes: [{label: bee, weight: 2}]}");
    refused(
        "data.sampling.classes: expected a class of the training images, got \"bee\"",
        "data.sampling={name: weighted, classes: [{label: bee, weight: 2}]}");
    refused(
        "expected equal where an image has any number of classes, got inverse-frequency",
        "class-weights=inverse-frequency",
        "task=multi-label",
        "loss=focal");
    refused(
        "expected uniform or repeated where an image has any number of classes, got balanced",
        "data.sampling=balanced",
        "task=multi-label",
        "loss=focal");
    refused(
        "batch.micro-batch-size: expected a multiple of data.sampling.times, which is 4, got 6",
        "data.sampling={name: repeated, times: 4}");
  }

  private void refused(String reason, String... overrides) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> train(1, "refused", false, overrides));
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }
}
