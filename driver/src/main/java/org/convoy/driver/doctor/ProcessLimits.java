package org.convoy.driver.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Linux allows a process. On other systems everything is unknown.
 *
 * @param memoryBytes the limit of its control group, or of the nearest group above that has one
 * @param physicalBytes the machine's memory
 * @param processors the processors' time that its control group allows, such as 2.5; negative if
 *     there is no limit
 * @param visibleProcessors the processors that Java sees
 * @param hugePages the mode of transparent huge pages: {@code always}, {@code madvise}, {@code
 *     never}, or empty if unknown
 * @param allocator the value of {@code GLIBC_TUNABLES}
 * @param openFiles the number of files that it may open
 */
public record ProcessLimits(
    long memoryBytes,
    long physicalBytes,
    double processors,
    int visibleProcessors,
    String hugePages,
    String allocator,
    long openFiles) {

  /** Version 1 of control groups writes a number near 2^63 for "no limit". */
  private static final long NO_LIMIT = 1L << 60;

  private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");
  private static final Pattern TOTAL = Pattern.compile("(?m)^MemTotal:\\s+(\\d+) kB");
  private static final Pattern FILES = Pattern.compile("(?m)^Max open files\\s+(\\d+)");

  /** Of this process. */
  static ProcessLimits here() {
    return in(
        Path.of("/"),
        Runtime.getRuntime().availableProcessors(),
        Optional.ofNullable(System.getenv("GLIBC_TUNABLES")).orElse(""));
  }

  /**
   * Reads {@code /proc} and {@code /sys}.
   *
   * @param root the folder that holds them
   */
  static ProcessLimits in(Path root, int visibleProcessors, String allocator) {
    List<Path> unified = groups(root, "0::", "sys/fs/cgroup");
    List<Path> memory = groups(root, "memory:", "sys/fs/cgroup/memory");
    List<Path> processors = groups(root, "cpu,cpuacct:", "sys/fs/cgroup/cpu,cpuacct");
    long bytes =
        Math.min(
            least(unified, "memory.max", ProcessLimits::bytes),
            least(memory, "memory.limit_in_bytes", ProcessLimits::bytes));
    double quota = Double.MAX_VALUE;
    for (Path group : unified) {
      quota = Math.min(quota, quota(read(group.resolve("cpu.max"))));
    }
    for (Path group : processors) {
      String both =
          read(group.resolve("cpu.cfs_quota_us")) + " " + read(group.resolve("cpu.cfs_period_us"));
      quota = Math.min(quota, quota(both));
    }
    return new ProcessLimits(
        bytes < NO_LIMIT ? bytes : HostReport.UNKNOWN,
        found(TOTAL, read(root.resolve("proc/meminfo")))
            .map(kibibytes -> Long.parseLong(kibibytes) << 10)
            .orElse(HostReport.UNKNOWN),
        quota < Double.MAX_VALUE ? quota : HostReport.UNKNOWN,
        visibleProcessors,
        found(CHOSEN, read(root.resolve("sys/kernel/mm/transparent_hugepage/enabled"))).orElse(""),
        allocator,
        found(FILES, read(root.resolve("proc/self/limits")))
            .map(Long::parseLong)
            .orElse(HostReport.UNKNOWN));
  }

  /**
   * The folders of the process's control group and of all groups above it. In a container the
   * group's own folder is often mounted as the root, so the root is always among them.
   */
  private static List<Path> groups(Path root, String controller, String mount) {
    Path top = root.resolve(mount);
    List<Path> groups = new ArrayList<>(List.of(top));
    for (String line : read(root.resolve("proc/self/cgroup")).lines().toList()) {
      int at = line.indexOf(controller + "/");
      if (at >= 0) {
        Path group = top;
        for (Path part : Path.of(line.substring(at + controller.length() + 1))) {
          group = group.resolve(part);
          groups.add(group);
        }
      }
    }
    return groups;
  }

  private static long least(
      List<Path> groups, String file, ToLongFunction<String> value) {
    return groups.stream()
        .map(group -> read(group.resolve(file)).strip())
        .mapToLong(value)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private static long bytes(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
  }

  /** Of a quota and a period in microseconds. */
  private static double quota(String text) {
    String[] parts = text.strip().split("\\s+");
    return parts.length == 2 && parts[0].matches("\\d+") && parts[1].matches("[1-9]\\d*")
        ? Double.parseDouble(parts[0]) / Double.parseDouble(parts[1])
        : Double.MAX_VALUE;
  }

  private static Optional<String> found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Empty if there is no such file. */
  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
