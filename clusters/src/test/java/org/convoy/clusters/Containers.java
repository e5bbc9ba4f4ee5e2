package org.convoy.clusters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The processes in YARN's containers, without the shells that wait for them. */
final class Containers {
  private Containers() {}

  /** One of an application's executors. */
  static ProcessHandle executor(String application) {
    return find("YarnCoarseGrainedExecutorBackend", application);
  }

  /** The driver of an application in cluster mode. */
  static ProcessHandle master(String application) {
    return find("ApplicationMaster", application);
  }

  private static ProcessHandle find(String program, String application) {
    String container = application.replace("application", "container");
    return ProcessHandle.current()
        .descendants()
        .filter(
            process -> {
              String command = commandLine(process);
              return command.contains(program)
                  && command.contains(container)
                  && !command.contains("/bin/bash");
            })
        .findFirst()
        .orElseThrow();
  }

  /** The handle itself does not tell long command lines. */
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(
          Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      // It has ended.
      return "";
    }
  }
}
