package org.convoy.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The processor, kernels and threads that a backend computes with in this process. Two processes
 * with equal values compute the same bytes. If a value differs, sums may be split and rounded
 * differently.
 *
 * @param processor the processor's name, as its maker writes it
 * @param instructions the best vector instructions that kernels use
 * @param kernels the instructions that Convoy's own kernels were compiled for, or {@link
 *     #NO_KERNELS}
 * @param threads the number of threads that kernels run on
 * @param library the library that the backend calls, with its version
 */
public record Machine(
    String processor, String instructions, String kernels, int threads, String library) {

  /** The value of {@code kernels} if Convoy's own kernels are not available. */
  public static final String NO_KERNELS = "none";

  private static final Pattern MODEL_NAME = Pattern.compile("(?m)^model name\\s*:\\s*(.*)$");

  /** The processor's name, or its architecture if the system does not state the name. */
  public static String processorName() {
    String architecture = System.getProperty("os.arch", "unknown");
    try {
      Matcher found = MODEL_NAME.matcher(Files.readString(Path.of("/proc/cpuinfo")));
      return found.find() ? found.group(1).strip() : architecture;
    } catch (IOException e) {
      return architecture;
    }
  }
}
