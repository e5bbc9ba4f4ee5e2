package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
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
            "--warm-up",
            "3",
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

  /** Encryption changes neither what arrives nor the bytes that are counted. */
  @Test
  void encryptsAsSparkDoes() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "benchmark exchange --executors 2 --megabytes 4 --warm-up 3 --rounds 2 --encrypted --json"
                .split(" "));
    assertEquals(0, run.exitCode(), run::err);
    assertTrue(run.json().get("encrypted").booleanValue());
    assertEquals(4e6, run.json().get("bytes_sent").doubleValue(), 4e4, run.json()::toString);
  }

  /** Two connections of 100 Mbit/s in network namespaces: the bytes decide the time. */
  @Test
  void slowNetworksTakeAsLongAsPredicted() throws IOException, InterruptedException {
    assumeTrue(mayMakeNetworks(), "needs root, network namespaces and tc");
    CommandLineRun run =
        CommandLineRun.of(
            "benchmark exchange --executors 2 --megabytes 4 --warm-up 3 --rounds 3 --bandwidth 100Mbit --json"
                .split(" "));
    assertEquals(0, run.exitCode(), run::err);
    double predicted = run.json().get("predicted_seconds").doubleValue();
    assertEquals(0.34, predicted, 0.01, "2 MB of gradients and 2 MB of parameters");
    double seconds = run.json().get("seconds").doubleValue();
    assertTrue(seconds > 0.8 * predicted && seconds < 3 * predicted, run.json()::toString);
  }

  /** 2 MB leave in 0.17 s, within 0.2 s of backward; 2 MB return, of which forward hides 0.1 s. */
  @Test
  void computingHidesTheExchangeAsPredicted() throws IOException, InterruptedException {
    assumeTrue(mayMakeNetworks(), "needs root, network namespaces and tc");
    String line =
        "benchmark exchange --executors 2 --megabytes 4 --warm-up 3 --rounds 3 --bandwidth 100Mbit"
            + " --compute-ms 300 --json";
    CommandLineRun run = CommandLineRun.of(line.split(" "));
    assertEquals(0, run.exitCode(), run::err);
    assertEquals(0.37, run.json().get("predicted_seconds").doubleValue(), 0.01);
    double seconds = run.json().get("seconds").doubleValue();
    assertTrue(seconds > 0.3 && seconds < 2, run.json()::toString);
  }

  private static boolean mayMakeNetworks() throws InterruptedException {
    try {
      return new ProcessBuilder("unshare", "--net", "tc", "qdisc").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void wrongRequestsAreRefused() {
    CommandLineRun run = CommandLineRun.of("benchmark", "exchange", "--form", "bfloat-sum");
    assertEquals(2, run.exitCode(), run::err);
    assertTrue(run.err().startsWith("convoy: --form: exchange.combine.name: "), run::err);
    assertTrue(run.err().contains("bfloat16-sum"), run::err);
    assertEquals(2, CommandLineRun.of("benchmark", "exchange", "--executors", "0").exitCode());
    CommandLineRun fast = CommandLineRun.of("benchmark", "exchange", "--bandwidth", "fast");
    assertEquals(2, fast.exitCode(), fast::err);
    assertTrue(fast.err().contains("--bandwidth: expected a bandwidth such as"), fast::err);
    CommandLineRun few =
        CommandLineRun.of("benchmark", "exchange", "--executors", "3", "--groups", "2");
    assertEquals(2, few.exitCode(), few::err);
    for (List<String> request :
        List.of(
            List.of("--groups", "0"),
            List.of("--delay-ms", "3"),
            List.of("--megabytes", "1.5"),
            List.of("--compute-ms", "long"),
            List.of("--gloo", "--encrypted"))) {
      List<String> words = new ArrayList<>(List.of("benchmark", "exchange"));
      words.addAll(request);
      CommandLineRun refused = CommandLineRun.of(words.toArray(String[]::new));
      assertEquals(2, refused.exitCode(), refused::err);
      assertTrue(refused.err().contains(request.get(0) + ": expected"), refused::err);
    }
  }
}
