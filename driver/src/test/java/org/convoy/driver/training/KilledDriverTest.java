package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A driver that is killed with all its executors: the run goes on in its folder with another number
 * of executors, and ends with the weights of one that nobody disturbed.
 */
@Timeout(180)
final class KilledDriverTest {
  private static final int FIRST_EXECUTORS = 2;

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"name=synchronous-sum", "name=top-k, density=0.05, momentum=0.9, warm-up-steps=3"})
  void theRunGoesOn(String combination) throws Exception {
    String[] settings = {
      "exchange.combine={" + combination + "}", "checkpoint.every-steps=2", "data.validation="
    };
    Path run = folder.resolve("run");
    kill(run, settings);
    assertFalse(Files.exists(run.resolve("summary.json")), "it was killed before its end");
    String whole = runs.weights(1, folder.resolve("whole"), false, settings);
    assertEquals(whole, runs.weights(4, run, true, settings));
  }

  /** Starts a run in a process of its own, and kills it once it has a checkpoint. */
  private void kill(Path run, String... settings) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "@" + Path.of(System.getProperty("convoy.home", ".."), "conf", "jvm.options"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Driver.class.getName(),
                Files.createDirectory(folder.resolve("data")).toString(),
                run.toString()));
    command.addAll(List.of(settings));
    File log = folder.resolve("log").toFile();
    Process driver =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    try {
      while (!Files.exists(run.resolve("checkpoints/step-00000002"))) {
        assertTrue(driver.isAlive(), () -> "the driver ended by itself: " + log);
        Thread.sleep(5);
      }
    } finally {
      driver.destroyForcibly().waitFor();
    }
  }

  /** The driver's process. Arguments: the folder of the data, the folder of the run, settings. */
  static final class Driver {
    public static void main(String[] arguments) throws Exception {
      String[] settings = Arrays.copyOfRange(arguments, 2, arguments.length);
      try (SmallRuns own = new SmallRuns(Path.of(arguments[0]))) {
        own.weights(FIRST_EXECUTORS, Path.of(arguments[1]), false, settings);
      }
    }
  }
}
