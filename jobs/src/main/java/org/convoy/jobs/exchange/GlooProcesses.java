package org.convoy.jobs.exchange;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Gloo's all-reduce of a vector as long as the exchange's, between as many processes: what
 * PyTorch's data-parallel training sums gradients by on processors. Its main class is in the rival
 * {@code libtorch}.
 */
public final class GlooProcesses {
  private static final String MAIN = "org.convoy.rivals.libtorch.GlooRank";
  private static final String LOADED = "convoy-gloo-loaded";
  private static final String SECONDS = "convoy-gloo ";
  private static final int PATIENCE_SECONDS = 10;

  private GlooProcesses() {}

  /**
   * Measures a task's vector.
   *
   * @param classPath of the rival
   * @param network that the processes use; without one they use the loopback device
   * @param log where the processes write what they log
   * @return the median of the slowest rank
   * @throws IllegalStateException if a process ends early
   */
  public static double seconds(
      ExchangeTask task, String classPath, Optional<EmulatedNetwork> network, Path log)
      throws IOException, InterruptedException {
    Path meeting = Files.createTempDirectory("convoy-gloo");
    List<Process> processes = new ArrayList<>();
    List<BufferedReader> outputs = new ArrayList<>();
    try {
      for (int rank = 0; rank < task.executors(); rank++) {
        processes.add(start(task, rank, classPath, meeting.resolve("store"), network, log));
        outputs.add(processes.get(rank).inputReader(StandardCharsets.UTF_8));
        // One after the other: at the first use each would unpack libtorch to the same place.
        await(processes.get(rank), outputs.get(rank), LOADED);
      }
      double slowest = 0;
      for (int rank = 0; rank < outputs.size(); rank++) {
        String seconds = await(processes.get(rank), outputs.get(rank), SECONDS);
        slowest = Math.max(slowest, Double.parseDouble(seconds));
      }
      return slowest;
    } finally {
      for (Process process : processes) {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
      Files.deleteIfExists(meeting.resolve("store"));
      Files.delete(meeting);
    }
  }

  private static Process start(
      ExchangeTask task,
      int rank,
      String classPath,
      Path meeting,
      Optional<EmulatedNetwork> network,
      Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    network.ifPresent(each -> command.addAll(each.enter(rank)));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "-Dorg.bytedeco.javacpp.maxbytes=0",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
            "-cp",
            classPath,
            MAIN,
            Integer.toString(rank),
            Integer.toString(task.executors()),
            meeting.toString(),
            network.map(each -> each.address(rank)).orElse("127.0.0.1"),
            Long.toString(task.floats()),
            Integer.toString(task.rounds())));
    ProcessBuilder builder = new ProcessBuilder(command);
    int cores = Runtime.getRuntime().availableProcessors();
    builder
        .environment()
        .put("OMP_NUM_THREADS", Integer.toString(Math.max(1, cores / task.executors())));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return builder.start();
  }

  /** The rest of the next line that begins with a mark. */
  private static String await(Process process, BufferedReader out, String mark)
      throws IOException, InterruptedException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(mark)) {
        return line.substring(mark.length());
      }
    }
    throw new IllegalStateException(
        "Gloo: expected figures, but a process ended with code " + process.waitFor());
  }
}
