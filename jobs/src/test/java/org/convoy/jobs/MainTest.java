package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

final class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpSucceeds() {
    assertEquals(0, run(new Probe(null), "--help"));
    assertTrue(out.toString().contains("COMMAND"), out::toString);
  }

  @Test
  void noCommandIsAWrongRequest() {
    assertEquals(2, run(new Probe(null)));
    assertTrue(err.toString().contains("no command was given"), err::toString);
  }

  @Test
  void unknownCommandNamesTheNearOne() {
    assertEquals(2, run(new Probe(null), "prob"));
    assertTrue(err.toString().contains("probe"), err::toString);
  }

  @Test
  void unknownOptionIsOneMessage() {
    assertEquals(2, run(new Probe(null), "probe", "--jsn"));
    assertTrue(err.toString().contains("--jsn"), err::toString);
    assertTrue(err.toString().lines().count() <= 3, err::toString);
  }

  @Test
  void wrongRequestsGiveTwoAndNoStack() {
    assertEquals(2, run(new Probe(new RequestException("M was 3, N was 4")), "probe"));
    assertEquals("convoy: M was 3, N was 4\n", err.toString());
  }

  @Test
  void failedRunsGiveOneWithTheirMessage() {
    assertEquals(1, run(new Probe(new IllegalStateException("executor 1 was lost")), "probe"));
    assertEquals("convoy: executor 1 was lost\n", err.toString());
    assertEquals(1, run(new Probe(new IllegalArgumentException("expected 64")), "probe"));
  }

  @Test
  void pathsAreReportedWithTheirProblem() {
    assertEquals(1, run(new Probe(new NoSuchFileException("/a/b")), "probe"));
    assertEquals("convoy: no such file: /a/b\n", err.toString());
  }

  @Test
  void verbosePrintsTheStackTrace() {
    run(new Probe(new IllegalStateException("lost")), "probe", "--verbose");
    assertTrue(err.toString().contains("at org.convoy.jobs.MainTest"), err::toString);
    err.getBuffer().setLength(0);
    run(new Probe(new IllegalStateException("lost")), "--verbose", "probe");
    assertTrue(err.toString().contains("at org.convoy.jobs.MainTest"), err::toString);
  }

  @Test
  void jsonIsOneLineIfRequested() {
    assertEquals(0, run(new Probe(null), "probe", "--json"));
    assertEquals("{\"done\":true}\n", out.toString());
    out.getBuffer().setLength(0);
    assertEquals(0, run(new Probe(null), "probe"));
    assertEquals("", out.toString());
  }

  @Test
  void optionsOfTheLauncherAreRefusedWithTheReplacement() {
    assertEquals(2, run(new Probe(null), "probe", "--executors", "3"));
    assertTrue(err.toString().contains("--num-executors"), err::toString);
    assertEquals(0, run(new Probe(null), "probe"));
    assertFalse(Version.current().isEmpty());
  }

  private int run(Probe probe, String... arguments) {
    CommandLine commandLine = Main.commandLine().addSubcommand(probe);
    return commandLine
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  /** A command that fails on request, or prints one result. */
  @Command(name = "probe", mixinStandardHelpOptions = true)
  static final class Probe implements Callable<Integer> {
    private final @org.jspecify.annotations.Nullable Exception failure;

    @Mixin private final JsonOption json = new JsonOption();
    @Mixin private final ClusterOptions cluster = new ClusterOptions();

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    Probe(@org.jspecify.annotations.Nullable Exception failure) {
      this.failure = failure;
    }

    @Override
    public Integer call() throws Exception {
      if (failure != null) {
        throw failure;
      }
      json.print(spec.commandLine().getOut(), Map.of("done", true));
      return 0;
    }
  }
}
