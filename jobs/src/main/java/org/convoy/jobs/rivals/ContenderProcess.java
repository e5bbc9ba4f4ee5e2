package org.convoy.jobs.rivals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A contender's process, seen from the side that orders. It waits in a read between orders, and
 * ends when this is closed or when this JVM ends.
 */
final class ContenderProcess implements AutoCloseable {
  /** Equal for all: a small heap, so that what a process grows by is the network's memory. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+SuppressFatalErrorMessage",
          "-Xms64m",
          "-Xmn32m",
          "-Xmx2g",
          "-Dorg.bytedeco.javacpp.maxbytes=0",
          "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");

  private static final int PATIENCE_SECONDS = 20;

  private final String name;
  private final Process process;
  private final PrintStream orders;
  private final BufferedReader answers;

  private ContenderProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts a process.
   *
   * @param threads for OpenMP, which reads them from the environment
   * @param log where the process writes its standard error
   */
  static ContenderProcess start(Entrant entrant, int threads, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.addAll(List.of("-cp", entrant.classPath(), entrant.mainClass()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new ContenderProcess(entrant.name(), builder.start());
  }

  void prepare(Task task) {
    ask(new Order.Prepare(task), Answer.Ready.class);
  }

  float[] infer() {
    return ask(new Order.Infer(), Answer.Logits.class).values();
  }

  Answer.Stepped step(int steps) {
    return ask(new Order.Step(steps), Answer.Stepped.class);
  }

  /**
   * @throws UnsupportedOperationException if the contender refuses
   * @throws IllegalStateException if it fails
   */
  private <T extends Answer> T ask(Order order, Class<T> expected) {
    orders.println(Lines.of(order));
    try {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        Optional<Answer> answer = Lines.read(line, Answer.class);
        if (answer.isPresent()) {
          return expect(expected, answer.get());
        }
      }
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s: expected an answer, but its process ended with code %d",
              name,
              process.waitFor()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(name + ": interrupted while it ended", e);
    }
  }

  private <T extends Answer> T expect(Class<T> expected, Answer answer) {
    if (answer instanceof Answer.Refused refused) {
      throw new UnsupportedOperationException(refused.message());
    }
    if (answer instanceof Answer.Failed failed) {
      throw new IllegalStateException(name + ": " + failed.message());
    }
    if (!expected.isInstance(answer)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "%s: expected %s, got %s", name, expected.getSimpleName(), answer));
    }
    return expected.cast(answer);
  }

  /** Ends the process, by the end of its orders, or else by force. */
  @Override
  public void close() {
    orders.close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
