package org.convoy.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that was started by a test, and what it has said. */
final class Run implements AutoCloseable {
  /** A run of these tests takes half a minute on two idle cores. */
  private static final long PATIENCE_SECONDS = 400;

  private static final long POLL_MILLIS = 20;

  private final Process process;
  private final Path said;

  private Run(Process process, Path said) {
    this.process = process;
    this.said = said;
  }

  /** Starts a program; both of its outputs go to one file. */
  static Run start(Path said, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.redirectOutput(said.toFile()).redirectInput(ProcessBuilder.Redirect.from(nothing()));
    return new Run(builder.start(), said);
  }

  private static java.io.File nothing() {
    return new java.io.File("/dev/null");
  }

  /** What it has said until now. */
  String text() throws IOException {
    return new String(Files.readAllBytes(said), StandardCharsets.UTF_8);
  }

  /** Waits until it has said something. */
  Matcher awaitText(String pattern) throws IOException, InterruptedException {
    Pattern compiled = Pattern.compile(pattern);
    await("'" + pattern + "'", () -> compiled.matcher(text()).find());
    Matcher matcher = compiled.matcher(text());
    assertTrue(matcher.find(), pattern);
    return matcher;
  }

  /** Something that becomes true while a program runs. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }

  /** Waits until something is so, and fails if the program ends before that. */
  void await(String what, Condition condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    boolean ended = false;
    while (!condition.holds()) {
      if (ended || System.nanoTime() > end) {
        fail("it did not come to " + what + ": " + text());
      }
      ended = !process.isAlive();
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Waits until YARN runs it, and gives the name that YARN has for it. */
  String awaitApplication() throws IOException, InterruptedException {
    return awaitText("(application_\\w+) \\(state: RUNNING\\)").group(1);
  }

  /** Waits for its end, and holds it to an exit code. */
  Run expect(int exitCode) throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      close();
      fail("it did not end: " + text());
    }
    assertEquals(exitCode, process.exitValue(), text());
    return this;
  }

  /** Ends the process alone. What it started has to notice by itself. */
  void kill() {
    process.destroyForcibly();
  }

  /** Ends it, and what it started. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
