package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.convoy.driver.monitor.RunSummary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is no result ends a run by name, and takes no sound checkpoint or model's place. */
final class NoResultTest {
  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private int failures;

  @Test
  void oneBadImageInAHundredIsSkippedAndMoreFailTheRun() throws Exception {
    Path data = runs.copy(folder.resolve("data"));
    spoil(data.resolve("train"), 5);
    failed("of 160 training images do not decode, more than data.max-bad-share = 0.01", data);
    RunSummary run =
        runs.train(
            data,
            folder.resolve("many"),
            false,
            "data.on-bad-image=skip",
            "data.max-bad-share=0.05",
            "epochs=1");
    assertTrue(run.badImages() >= 3 && run.badImages() <= 5, run::toString);
    spoil(data.resolve("validation"), 1);
    failed(
        "1 of 20 validation images do not decode, more than data.max-bad-share = 0.04",
        data,
        "data.max-bad-share=0.04");
  }

  @Test
  void noImageThatDecodesIsNoRunWhateverTheShareAllowed() throws Exception {
    Path data = runs.copy(folder.resolve("data"));
    spoil(data.resolve("validation"), 1000);
    failed("none of the 20 validation images decodes", data, "data.max-bad-share=1");
    spoil(data.resolve("train"), 1000);
    failed("no image of the global batch of step 1 decodes", data, "data.max-bad-share=1");
    assertFalse(Files.exists(folder.resolve("run2/checkpoints")));
  }

  /** The rate becomes infinite with the second epoch, so that its first step ruins all weights. */
  @Test
  void weightsThatAreLostInTheLastStepReplaceNothing() throws Exception {
    String[] ruined = {
      "schedule.name=step", "schedule.milestones=[1]", "schedule.gamma=1e41",
      "schedule.warm-up-epochs=0", "max-steps=7", "checkpoint.keep=1"
    };
    failed("the training diverged: after step 7, tensor ", runs.data(), ruined);
    try (Stream<Path> left = Files.list(folder.resolve("run1/checkpoints"))) {
      assertEquals(
          List.of("step-00000006"),
          left.map(each -> each.getFileName().toString())
              .filter(name -> !name.startsWith("."))
              .toList());
    }
  }

  private void failed(String reason, Path data, String... overrides) throws IOException {
    Path run = folder.resolve("run" + ++failures);
    String[] all = Arrays.copyOf(overrides, overrides.length + 1);
    all[overrides.length] = "data.on-bad-image=skip";
    TrainingFailedException failure =
        assertThrows(TrainingFailedException.class, () -> runs.train(data, run, false, all));
    assertTrue(failure.toString().contains(reason), failure::toString);
    assertFalse(Files.exists(run.resolve("model")));
    assertFalse(Files.exists(run.resolve("summary.json")));
  }

  /** Makes the first of the images in a folder unreadable. */
  private static void spoil(Path folder, int count) throws IOException {
    try (Stream<Path> images = Files.walk(folder)) {
      for (Path image :
          (Iterable<Path>) images.filter(Files::isRegularFile).sorted().limit(count)::iterator) {
        Files.writeString(image, "this is text");
      }
    }
  }
}
