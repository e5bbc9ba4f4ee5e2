package org.convoy.driver.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Control groups of both versions, laid out in a folder. */
final class ProcessLimitsTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path root;

  @Test
  void theNearestLimitOfAUnifiedGroupCounts() throws IOException {
    write("proc/self/cgroup", "0::/yarn/container_1\n");
    write("sys/fs/cgroup/yarn/memory.max", "4294967296\n");
    write("sys/fs/cgroup/yarn/cpu.max", "250000 100000\n");
    write("sys/fs/cgroup/yarn/container_1/memory.max", "max\n");
    write("sys/fs/cgroup/yarn/container_1/cpu.max", "max 100000\n");
    ProcessLimits limits = ProcessLimits.in(root, 8, "");
    assertEquals(4L << 30, limits.memoryBytes());
    assertEquals(2.5, limits.processors());
  }

  @Test
  void aContainerThatSeesItsOwnGroupAsTheRoot() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.max", "1073741824\n");
    write("sys/fs/cgroup/cpu.max", "400000 100000\n");
    ProcessLimits limits = ProcessLimits.in(root, 8, "");
    assertEquals(1L << 30, limits.memoryBytes());
    assertEquals(4, limits.processors());
  }

  @Test
  void groupsOfVersionOne() throws IOException {
    write("proc/self/cgroup", "5:cpu,cpuacct:/pod\n4:memory:/pod\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("sys/fs/cgroup/memory/pod/memory.limit_in_bytes", "2147483648\n");
    write("sys/fs/cgroup/cpu,cpuacct/pod/cpu.cfs_quota_us", "150000\n");
    write("sys/fs/cgroup/cpu,cpuacct/pod/cpu.cfs_period_us", "100000\n");
    ProcessLimits limits = ProcessLimits.in(root, 8, "");
    assertEquals(2L << 30, limits.memoryBytes());
    assertEquals(1.5, limits.processors());
  }

  @Test
  void whatIsNotThereIsUnknown() throws IOException {
    ProcessLimits nothing = ProcessLimits.in(root, 8, "tuned");
    assertEquals(new ProcessLimits(-1, -1, -1, 8, "", "tuned", -1), nothing);
    write("proc/self/cgroup", "4:memory:/\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assertEquals(-1, ProcessLimits.in(root, 8, "").memoryBytes());
  }

  @Test
  void theMachinesOwnFiles() throws IOException {
    write("proc/meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB\n");
    write("proc/self/limits", "Max open files            1024                 4096        files\n");
    write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    ProcessLimits limits = ProcessLimits.in(root, 8, "");
    assertEquals(16L << 20, limits.physicalBytes());
    assertEquals(1024, limits.openFiles());
    assertEquals("madvise", limits.hugePages());
    assertTrue(ProcessLimits.here().physicalBytes() > 0);
  }

  private void write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
