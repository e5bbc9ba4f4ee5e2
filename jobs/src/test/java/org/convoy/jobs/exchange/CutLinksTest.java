package org.convoy.jobs.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.settings.Variants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three executors in network namespaces, with each form of combining. The link of one goes down in
 * the middle of a run: if it comes back within the timeout the run ends with the bytes of an
 * undisturbed one, otherwise with an error that names the executor.
 */
final class CutLinksTest {
  private static final int EXECUTORS = 3;
  private static final int CUT = 1;
  private static final int STEPS = 40;
  private static final int PAUSE_MILLIS = 50;
  private static final int TIMEOUT_SECONDS = 5;
  private static final int PATIENCE_SECONDS = 120;

  private static final String RECIPE =
      "name = cut, model.name = lenet5, epochs = 1, data.uri = none, data.train = none,"
          + " schedule.learning-rate = 1";

  /** A line that a rank printed. */
  private record Line(int rank, String word, int form, String text) {}

  /** All but {@code auto}, which takes one of the others by what it measures. */
  private final List<String> forms =
      Variants.of(Combination.class).keySet().stream()
          .filter(form -> !form.equals("auto"))
          .map(CutLinksTest::withOptions)
          .toList();

  private final List<Process> processes = new ArrayList<>();
  private final List<PrintStream> inputs = new ArrayList<>();
  private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  /** Forms that exchange something in most steps. */
  private static String withOptions(String form) {
    return switch (form) {
      case "parameter-averaging", "slow-momentum", "diloco" ->
          "{name = " + form + ", every-steps = 2}";
      case "post-local-sgd" -> "{name = " + form + ", every-steps = 2, after-steps = 0}";
      default -> form;
    };
  }

  @Test
  void aLinkThatReturnsInTimeChangesNothingAndALostOneIsNamed() throws Exception {
    assumeTrue(mayMakeNetworks(), "needs root, network namespaces and tc");
    try (EmulatedNetwork network =
        new EmulatedNetwork(EXECUTORS, Bandwidth.parse("10Gbit"), Optional.empty())) {
      for (int rank = 0; rank < EXECUTORS; rank++) {
        start(rank, network);
      }
      meet();
      List<Line> undisturbed = collect("done");

      meet();
      collect("stepping");
      link(network, "down");
      Thread.sleep(1000);
      link(network, "up");
      assertEquals(digests(undisturbed), digests(collect("done")));

      meet();
      collect("stepping");
      link(network, "down");
      long cut = System.nanoTime();
      List<Line> lost = collect("lost");
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - cut);
      assertTrue(seconds < 3 * TIMEOUT_SECONDS, "after " + seconds + " s");
      for (Line line : lost) {
        String error = forms.get(line.form()) + ", rank " + line.rank() + ": " + line.text();
        String named =
            line.rank() == CUT
                ? "rank [02] \\(executor e[02] at 10\\.77\\.0\\.[13]:"
                : "rank 1 \\(executor e1 at 10\\.77\\.0\\.2:";
        assertTrue(line.text().matches(named + "\\d+\\) .+"), error);
      }
      for (Process process : processes) {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "a process goes on");
        assertEquals(0, process.exitValue());
      }
    } finally {
      inputs.forEach(PrintStream::close);
      processes.forEach(Process::destroyForcibly);
    }
  }

  private static List<String> digests(List<Line> done) {
    return done.stream().map(line -> line.form() + " " + line.text()).sorted().toList();
  }

  private void start(int rank, EmulatedNetwork network) throws IOException {
    List<String> command = new ArrayList<>(network.enter(rank));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ExchangeProcesses.JVM_OPTIONS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), CutRank.class.getName()));
    command.addAll(
        List.of(
            Integer.toString(rank),
            network.address(rank),
            TIMEOUT_SECONDS + "s",
            "3",
            Integer.toString(STEPS),
            Integer.toString(PAUSE_MILLIS)));
    for (String form : forms) {
      Combination combination =
          new RecipeLoader()
              .parse(RECIPE, "cut links", List.of("exchange.combine=" + form))
              .exchange()
              .combine();
      // Low rank needs a matrix, which is longer than what the others are tried with.
      long floats = form.equals("power-sgd") ? 2_400_000 : 200_000;
      command.add(
          new ExchangeTask(combination, EXECUTORS, EXECUTORS, floats, 1, 1, 0, false).encode());
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.redirectError(folder.resolve("rank" + rank + ".log").toFile());
    Process process = builder.start();
    processes.add(process);
    inputs.add(new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8));
    Thread reader = new Thread(() -> read(rank, process));
    reader.setDaemon(true);
    reader.start();
  }

  private void read(int rank, Process process) {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        String[] words = line.split("\t", 3);
        lines.add(new Line(rank, words[0], Integer.parseInt(words[1]), words[2]));
      }
    } catch (IOException e) {
      lines.add(new Line(rank, "broken", 0, e.toString()));
    }
  }

  /** Lets all ranks of each form know each other. */
  private void meet() throws IOException, InterruptedException {
    String[][] messages = new String[forms.size()][EXECUTORS];
    for (Line line : collect("meet")) {
      messages[line.form()][line.rank()] = line.text();
    }
    for (int form = 0; form < messages.length; form++) {
      for (PrintStream input : inputs) {
        input.println(form + "\t" + String.join("\t", messages[form]));
      }
    }
  }

  /** A line of this word from each form of each rank. {@code stepping} is skipped otherwise. */
  private List<Line> collect(String word) throws IOException, InterruptedException {
    List<Line> found = new ArrayList<>();
    while (found.size() < EXECUTORS * forms.size()) {
      Line line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null || !(line.word().equals(word) || line.word().equals("stepping"))) {
        throw new AssertionError("expected '" + word + "' of each form, got " + line + logs());
      }
      if (line.word().equals(word)) {
        found.add(line);
      }
    }
    return found;
  }

  private String logs() throws IOException {
    StringBuilder all = new StringBuilder();
    for (int rank = 0; rank < processes.size(); rank++) {
      all.append("\n").append(Files.readString(folder.resolve("rank" + rank + ".log")));
    }
    return all.toString();
  }

  private static void link(EmulatedNetwork network, String state)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(network.enter(CUT));
    command.addAll(List.of("ip", "link", "set", "eth0", state));
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), command::toString);
  }

  private static boolean mayMakeNetworks() throws InterruptedException {
    try {
      return new ProcessBuilder("unshare", "--net", "tc", "qdisc").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
