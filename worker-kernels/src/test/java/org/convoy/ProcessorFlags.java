package org.convoy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** What this processor says it can do. */
public final class ProcessorFlags {
  private ProcessorFlags() {}

  /** Whether it has all of some flags, as {@code /proc/cpuinfo} names them. */
  public static boolean include(Collection<String> flags) throws IOException {
    String text = Files.readString(Path.of("/proc/cpuinfo"));
    return new TreeSet<>(List.of(text.split("\\s+"))).containsAll(flags);
  }
}
