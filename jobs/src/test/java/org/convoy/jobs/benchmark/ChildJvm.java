package org.convoy.jobs.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A JVM of its own on the tests' class path, for what one cannot change or measure in this one. */
final class ChildJvm {
  private ChildJvm() {}

  /**
   * Runs a class's main method to its end, which must be good.
   *
   * @param environment on top of this process's own
   * @param options of the JVM, on top of those that every JVM of Convoy's gets
   * @return what it printed, both streams together
   */
  static List<String> run(Class<?> main, Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    Path conf = Path.of(System.getProperty("convoy.home", ".."), "conf");
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("@" + conf.resolve("jvm.options"));
    command.add("-Dlog4j2.configurationFile=" + conf.resolve("log4j2.properties"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text.lines().toList();
  }
}
