package org.convoy.jobs.benchmark;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;

/** What this process has taken so far; 0 where the system or the JVM does not say. */
final class ProcessFigures {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path STAT = Path.of("/proc/self/stat");

  /** Of the fields behind the command's name in {@code /proc/PID/stat}: proc(5)'s field 10. */
  private static final int MINOR_FAULTS = 7;

  private static final long SETTLING_MILLIS = 200;

  private ProcessFigures() {}

  /** Resident memory that no file backs: heaps, Java's and the native one, and stacks. */
  static long anonymousBytes() {
    return read(STATUS)
        .lines()
        .filter(line -> line.startsWith("RssAnon:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  /**
   * {@link #anonymousBytes} once the native memory behind unreachable Java objects has been given
   * back, by the allocator to the system too: what it kept would be taken for the next one's.
   */
  static long settledAnonymousBytes() {
    long before;
    long after = anonymousBytes();
    do {
      before = after;
      System.gc();
      try {
        // ND4J frees what the collector finds in threads of its own.
        Thread.sleep(SETTLING_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return anonymousBytes();
      }
      Pointer.trimMemory();
      after = anonymousBytes();
    } while (after < before);
    return after;
  }

  /** Pages that all threads together touched for the first time, or again after they were taken. */
  static long minorPageFaults() {
    String stat = read(STAT);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ");
    return fields.length > MINOR_FAULTS ? Long.parseLong(fields[MINOR_FAULTS]) : 0;
  }

  /** Bytes of Java objects that the calling thread has made. */
  static long javaBytes() {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
            && threads.isThreadAllocatedMemorySupported()
        ? threads.getCurrentThreadAllocatedBytes()
        : 0;
  }

  private static String read(Path file) {
    if (!Files.isReadable(file)) {
      return "";
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
