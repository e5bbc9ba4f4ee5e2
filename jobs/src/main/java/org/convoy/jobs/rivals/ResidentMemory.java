package org.convoy.jobs.rivals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * This process's resident memory at one moment, for what is added later.
 *
 * @param bytes {@code VmHWM}, once the kernel was asked to begin it anew
 */
record ResidentMemory(long bytes) {
  private static final Path STATUS = Path.of("/proc/self/status");

  /** What makes the kernel begin {@code VmHWM} anew from what is resident (proc(5)). */
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  static ResidentMemory now() {
    System.gc();
    try {
      if (Files.isWritable(CLEAR)) {
        Files.writeString(CLEAR, "5");
      }
      return new ResidentMemory(peak());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By how many bytes the peak since then lies above it; 0 where {@code /proc} does not say. */
  long peakGrowth() {
    try {
      return peak() - bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long peak() throws IOException {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return 0;
  }
}
