package org.convoy.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a backend computes with in this process. Two processes in which all of it is equal compute
 * the same bytes; where something differs, sums may be split and rounded in another way.
 *
 * @param processor the maker's name of it
 * @param instructions the best vector instructions that kernels use
 * @param kernels for what Convoy's own kernels were compiled, or {@link #NO_KERNELS}
 * @param threads that kernels run on
 * @param library that the backend calls, with its version
 */
public record Machine(
    String processor, String instructions, String kernels, int threads, String library) {

  /** The word for kernels of Convoy's own where there are none. */
  public static final String NO_KERNELS = "none";

  private static final Pattern MODEL_NAME = Pattern.compile("(?m)^model name\\s*:\\s*(.*)$");

  /** The processor's name; its architecture where the system does not tell the name. */
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
