package org.convoy.driver.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;

/**
 * The local file system, under the scheme {@code fatal}, on which an executor is killed, or stopped
 * for good, where a {@link Trap} says so: no hook runs, no file is finished.
 *
 * <p>A trap is a file in a folder that all processes see. The process that walks into it takes the
 * file away by renaming it, so that each trap kills one process.
 */
public final class FatalFiles extends RawLocalFileSystem {
  /** The setting that names the folder of traps. */
  public static final String TRAPS = "fatal.traps";

  public static final String SCHEME = "fatal";

  /** The file that names the slow executor. */
  private static final String SLOW = ".slow";

  private static final int SLOW_MILLIS = 60;

  /** Ends the name of a trap that has killed. */
  private static final String SPRUNG = ".sprung";

  /**
   * Where an executor is killed.
   *
   * @param signal KILL, or STOP for a process that no longer answers, or TERM or PWR for one that
   *     is told to end
   * @param path a regular expression of the whole path that it opens or creates
   * @param after a path that has to exist by then
   * @param replacement whether only an executor falls into it that was started after a first one
   *     was killed
   */
  public record Trap(String signal, String path, String after, boolean replacement) {
    private boolean catches(String opened, boolean young) {
      return opened.matches(path)
          && (after.isEmpty() || Files.exists(Path.of(after)))
          && (young || !replacement);
    }

    private static Trap read(Path file) throws IOException {
      List<String> lines = Files.readAllLines(file);
      return new Trap(lines.get(0), lines.get(1), lines.get(2), Boolean.parseBoolean(lines.get(3)));
    }
  }

  /** Sets a trap. */
  public static void set(Path folder, String name, Trap trap) throws IOException {
    Files.createDirectories(folder);
    Path beside = folder.resolve("." + name);
    Files.write(
        beside,
        List.of(trap.signal(), trap.path(), trap.after(), Boolean.toString(trap.replacement())));
    Files.move(beside, folder.resolve(name));
  }

  /** Makes one executor slow: it takes {@value #SLOW_MILLIS} ms more to open a training image. */
  static void slow(Path folder, String executorId) throws IOException {
    Files.writeString(folder.resolve(SLOW), executorId);
  }

  private static boolean isSlow(Path folder) throws IOException {
    Path file = folder.resolve(SLOW);
    return Files.exists(file) && Files.readString(file).equals(SparkEnv.get().executorId());
  }

  /** Names of the traps that have killed, the first one first. */
  public static List<String> sprung(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(FatalFiles::isSprung)
          .sorted(Comparator.comparing(FatalFiles::modified))
          .map(file -> file.getFileName().toString().replace(SPRUNG, ""))
          .toList();
    }
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize) throws IOException {
    walkInto(path);
    return super.open(path, bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      org.apache.hadoop.fs.Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      @Nullable Progressable progress)
      throws IOException {
    FSDataOutputStream out =
        super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    walkInto(path);
    return out;
  }

  private void walkInto(org.apache.hadoop.fs.Path path) throws IOException {
    Configuration conf = getConf();
    if (SparkEnv.get().executorId().equals("driver")) {
      return;
    }
    Path folder = Path.of(conf.get(TRAPS));
    String opened = path.toUri().getPath();
    if (opened.contains("/train/") && isSlow(folder)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SLOW_MILLIS));
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    long earliest =
        files.stream()
            .filter(FatalFiles::isSprung)
            .mapToLong(FatalFiles::modified)
            .min()
            .orElse(Long.MAX_VALUE);
    boolean young = ManagementFactory.getRuntimeMXBean().getStartTime() > earliest;
    for (Path file : files) {
      if (isSprung(file) || file.getFileName().toString().startsWith(".")) {
        continue;
      }
      try {
        Trap trap = Trap.read(file);
        if (trap.catches(opened, young)) {
          spring(file, trap.signal());
        }
      } catch (NoSuchFileException e) {
        // Another thread or process has walked into this one.
        continue;
      }
    }
  }

  private static void spring(Path file, String signal) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
    Files.move(file, file.resolveSibling(file.getFileName() + SPRUNG));
    new ProcessBuilder("kill", "-" + signal, Long.toString(ProcessHandle.current().pid())).start();
    // A process that is told to end goes on meanwhile.
    while (!Set.of("TERM", "PWR").contains(signal)) {
      LockSupport.park();
    }
  }

  private static boolean isSprung(Path file) {
    return file.toString().endsWith(SPRUNG);
  }

  private static long modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
