package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BenchmarkStepCommandTest {
  @Test
  void theResultHoldsItsFigures() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "benchmark", "step", "--model", "lenet5", "--batch", "2", "--steps", "2", "--json");
    assertEquals(0, run.exitCode(), run::err);
    JsonNode result = run.json();
    for (String key :
        new String[] {
          "images_per_second",
          "bound_images_per_second",
          "ratio_to_bound",
          "forward_ms",
          "backward_ms",
          "update_ms",
          "planned_bytes",
          "compile_seconds"
        }) {
      assertTrue(result.get(key).doubleValue() > 0, () -> key + " in " + result);
    }
    for (String key :
        new String[] {"native_bytes", "java_bytes_per_step", "page_faults_per_step"}) {
      assertTrue(result.has(key), () -> key + " in " + result);
    }
    assertTrue(result.get("gradient_error").doubleValue() > 0, result::toString);
  }

  @Test
  void inferenceIsVerifiedToo() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "benchmark",
            "step",
            "--model",
            "resnet20",
            "--batch",
            "1",
            "--steps",
            "1",
            "--inference",
            "--json");
    assertEquals(0, run.exitCode(), run::err);
    double error = run.json().get("output_error").doubleValue();
    assertTrue(error > 0 && error < 1e-5, run.json()::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "--batch, 0, --batch: expected",
    "--resolution, -1, --resolution: expected",
    "--backend, tpu, no backend is named tpu",
    "--precision, float8, --precision",
    "--model, resnet19, no model is named resnet19",
    "--threads, 97, expected OMP_NUM_THREADS=97"
  })
  void wrongRequestsAreNamed(String option, String value, String message) {
    CommandLineRun run =
        option.equals("--model")
            ? CommandLineRun.of("benchmark", "step", option, value)
            : CommandLineRun.of("benchmark", "step", "--model", "lenet5", option, value);
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains(message), run::err);
  }
}
