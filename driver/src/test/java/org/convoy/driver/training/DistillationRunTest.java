package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose network also learns from the model of a run before them. */
final class DistillationRunTest {
  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static String[] taught;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeAll
  static void start() throws Exception {
    runs.train(
        runs.data(), runs.folder().resolve("teacher"), false, "model.name=resnet32", "max-steps=2");
    taught =
        new String[] {
          "distillation.teacher=" + runs.folder().resolve("teacher/model"),
          "distillation.weight=0.7"
        };
  }

  private String train(int executors, String run, boolean resume, String... more) throws Exception {
    String[] overrides = Stream.concat(Stream.of(taught), Stream.of(more)).toArray(String[]::new);
    return runs.weights(executors, folder.resolve(run), resume, overrides);
  }

  /** Also where images grow, and the teacher's plan with them. */
  @Test
  void theSameBytesOnAnyNumberOfExecutorsAndAfterAResume() throws Exception {
    String[] growing = {
      "image.train=[{resize: 16}, {pad-and-crop: {size: 16, padding: 2}}]",
      "image.progressive=[{from-epoch: 0, size: 12}, {from-epoch: 1, size: 16}]",
      "max-steps=" + (SmallRuns.STEPS_PER_EPOCH + 1)
    };
    String one = train(1, "one", false, growing);
    train(4, "four", false, growing[0], growing[1], "max-steps=2");
    assertEquals(one, train(2, "four", true, growing));
  }

  @Test
  void theTeacherCountsByItsWeight() throws Exception {
    String without =
        runs.train(runs.data(), folder.resolve("without"), false, "max-steps=2").weightsSha256();
    assertEquals(without, train(2, "none", false, "max-steps=2", "distillation.weight=0"));
    assertNotEquals(without, train(2, "some", false, "max-steps=2"));
  }

  @Test
  void teachersThatDoNotFitAreRefused() {
    refused("no saved model at ", "distillation.teacher=" + folder);
    refused("where the loss is not cross-entropy", "loss=focal");
  }

  private void refused(String reason, String... overrides) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> train(1, "refused", false, overrides));
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }

  @Test
  void anotherTeacherDoesNotGoOn() throws Exception {
    train(2, "run", false, "max-steps=1");
    RequestException refusal =
        assertThrows(
            RequestException.class,
            () -> train(2, "run", true, "max-steps=2", "distillation.teacher=\"\""));
    assertTrue(refusal.toString().contains("another distillation.teacher"), refusal::toString);
  }
}
