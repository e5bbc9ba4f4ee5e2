package org.convoy.jobs.exchange;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The executors' processes, seen from the side that starts them. */
public final class ExchangeProcesses {
  static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xmx2g",
          "-XX:MaxDirectMemorySize=16g",
          "-Dorg.bytedeco.javacpp.maxbytes=0",
          "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");

  private static final int PATIENCE_SECONDS = 10;

  /** A process and the ends of its pipes. */
  private record Rank(Process process, BufferedReader out, PrintStream in) {}

  private ExchangeProcesses() {}

  /**
   * Measures a task.
   *
   * @param network that the processes use; without one they use the loopback device
   * @param log where the processes write what they log
   * @return what each rank measured
   * @throws IllegalStateException if a process ends early
   */
  public static List<ExchangeFigures> run(
      ExchangeTask task, Optional<EmulatedNetwork> network, Path log)
      throws IOException, InterruptedException {
    List<Rank> ranks = new ArrayList<>();
    String secret = UUID.randomUUID().toString();
    try {
      for (int rank = 0; rank < task.executors(); rank++) {
        ranks.add(start(task, rank, secret, network, log));
      }
      if (task.executors() > 1) {
        List<String> messages = new ArrayList<>();
        for (int rank = 0; rank < ranks.size(); rank++) {
          messages.add(await(ranks.get(rank), rank, ExchangeRank.MEETING));
        }
        for (Rank rank : ranks) {
          messages.forEach(rank.in()::println);
        }
      }
      List<ExchangeFigures> figures = new ArrayList<>();
      for (int rank = 0; rank < ranks.size(); rank++) {
        String json = await(ranks.get(rank), rank, ExchangeRank.FIGURES);
        figures.add(new ObjectMapper().readValue(json, ExchangeFigures.class));
      }
      return figures;
    } finally {
      for (Rank rank : ranks) {
        rank.in().close();
        if (!rank.process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          rank.process().destroyForcibly();
        }
      }
    }
  }

  private static Rank start(
      ExchangeTask task, int rank, String secret, Optional<EmulatedNetwork> network, Path log)
      throws IOException {
    int number = rank;
    List<String> command = new ArrayList<>();
    network.ifPresent(each -> command.addAll(each.enter(number)));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    String configuration = System.getProperty("log4j2.configurationFile");
    if (configuration != null) {
      command.add("-Dlog4j2.configurationFile=" + configuration);
    }
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), ExchangeRank.class.getName()));
    String host = network.map(each -> each.address(number)).orElse("127.0.0.1");
    command.addAll(List.of(task.encode(), Integer.toString(rank), host));
    ProcessBuilder builder = new ProcessBuilder(command);
    int cores = Runtime.getRuntime().availableProcessors();
    builder
        .environment()
        .put("OMP_NUM_THREADS", Integer.toString(Math.max(1, cores / task.executors())));
    builder.environment().put(ExchangeRank.SECRET, secret);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process process = builder.start();
    return new Rank(
        process,
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)),
        new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8));
  }

  /** The rest of the next line that begins with a mark. */
  private static String await(Rank rank, int number, String mark)
      throws IOException, InterruptedException {
    for (String line = rank.out().readLine(); line != null; line = rank.out().readLine()) {
      if (line.startsWith(mark)) {
        return line.substring(mark.length());
      }
    }
    throw new IllegalStateException(
        "rank "
            + number
            + ": expected figures, but its process ended with code "
            + rank.process().waitFor());
  }
}
