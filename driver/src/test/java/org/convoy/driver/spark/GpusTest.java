package org.convoy.driver.spark;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.convoy.driver.config.Recipe;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GPUs as Spark's resources: what settings are taken, and what the discovery script tells. */
final class GpusTest {
  private static final String EXECUTOR = "spark.executor.resource.gpu.amount";
  private static final String TASK = "spark.task.resource.gpu.amount";

  @Test
  void anExecutorHasOneGpu() {
    SparkConf none = new SparkConf(false).setMaster("local[2]");
    assertEquals(0, Executors.gpus(none));
    assertDoesNotThrow(() -> Executors.check(none));
    assertDoesNotThrow(() -> Executors.check(none.clone().set(EXECUTOR, "1").set(TASK, "1")));
    for (String[] wrong : new String[][] {{"2", "1"}, {"1", "0"}, {"1", "0.5"}, {"2", "2"}}) {
      SparkConf conf = none.clone().set(EXECUTOR, wrong[0]).set(TASK, wrong[1]);
      String message = assertThrows(RequestException.class, () -> Executors.check(conf)).toString();
      assertTrue(
          message.contains(EXECUTOR + " is " + wrong[0]) && message.contains("is " + wrong[1]),
          message);
    }
  }

  @Test
  void autoIsWhatExecutorsHave() {
    assertEquals("cudnn", Recipe.Backend.AUTO.on(true));
    assertEquals("onednn", Recipe.Backend.AUTO.on(false));
    assertEquals("onednn", Recipe.Backend.ONEDNN.on(true));
    assertEquals("cudnn", Recipe.Backend.CUDNN.on(false));
  }

  @Test
  void theScriptTellsWhatTheDriverLists(@TempDir Path folder) throws Exception {
    assertEquals(
        "{\"name\": \"gpu\", \"addresses\": [\"0\",\"1\"]}",
        discovered(folder, "printf '0\\n1\\n'"));
    assertTrue(discovered(folder, "true").contains("nvidia-smi lists no GPU"));
  }

  /** What the script prints where nvidia-smi does this. */
  private static String discovered(Path folder, String smi) throws Exception {
    Path tool = folder.resolve("nvidia-smi");
    Files.writeString(tool, "#!/bin/sh\n" + smi + "\n");
    if (!tool.toFile().setExecutable(true)) {
      throw new IOException(tool + " cannot be made executable");
    }
    ProcessBuilder builder = new ProcessBuilder(script().toString()).redirectErrorStream(true);
    builder.environment().merge("PATH", folder.toString(), (path, own) -> own + ":" + path);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output.strip();
  }

  private static Path script() {
    Path below = Path.of("deploy/gpu/discover");
    return Files.exists(below) ? below.toAbsolutePath() : Path.of("..").resolve(below);
  }
}
