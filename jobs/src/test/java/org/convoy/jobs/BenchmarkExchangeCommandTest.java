package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.settings.Variants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BenchmarkExchangeCommandTest {

  @Test
  void listsTheFormsOfRecipes() {
    CommandLineRun run = CommandLineRun.of("benchmark", "exchange", "--list");
    assertEquals(0, run.exitCode(), run::err);
    assertEquals(List.copyOf(Variants.of(Combination.class).keySet()), run.out().lines().toList());
  }

  /** The vector is of 12 MB; what is sent of it follows from the form. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bfloat16-sum                                  | 6.0  | 0.01",
        "{name = top-k, density = 0.01}                | 0.18 | 0.05",
        "{name = parameter-averaging, every-steps = 2} | 12.0 | 0.01"
      })
  void theResultHoldsItsFigures(String form, double megabytes, double tolerance)
      throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "benchmark",
            "exchange",
            "--executors",
            "2",
            "--megabytes",
            "12",
            "--rounds",
            "2",
            "--form",
            form,
            "--json");
    assertEquals(0, run.exitCode(), run::err);
    JsonNode result = run.json();
    for (String key :
        new String[] {"seconds", "gigabytes_per_second", "socket_seconds", "ratio_to_socket"}) {
      assertTrue(result.get(key).doubleValue() > 0, () -> key + " in " + result);
    }
    double sent = result.get("bytes_sent").doubleValue() / 1e6;
    assertEquals(megabytes, sent, tolerance * megabytes, result::toString);
  }

  @Test
  void wrongRequestsAreRefused() {
    CommandLineRun run = CommandLineRun.of("benchmark", "exchange", "--form", "bfloat-sum");
    assertEquals(2, run.exitCode(), run::err);
    assertTrue(run.err().contains("bfloat16-sum"), run::err);
    assertEquals(2, CommandLineRun.of("benchmark", "exchange", "--executors", "0").exitCode());
    CommandLineRun few =
        CommandLineRun.of("benchmark", "exchange", "--executors", "3", "--groups", "2");
    assertEquals(2, few.exitCode(), few::err);
  }
}
