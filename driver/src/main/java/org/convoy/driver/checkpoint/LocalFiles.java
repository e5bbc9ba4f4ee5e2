package org.convoy.driver.checkpoint;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * This machine's files as Hadoop sees them, with two differences. Hadoop's own checksum files are
 * left out: they would lie among the user's files, do not allow to append, and a file that was
 * changed would fail in Hadoop's words before it could be named in ours. And files are as open to
 * others as the process's umask says: Hadoop sets their permissions itself, by {@code
 * fs.permissions.umask-mode}, which is about distributed file systems.
 */
public final class LocalFiles {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String UMASK = "Umask:";

  private LocalFiles() {}

  /**
   * The file system of a path: this machine's as said above, any other as it is.
   *
   * @throws IOException if the file system is not known or not reached
   */
  public static FileSystem of(org.apache.hadoop.fs.Path path, Configuration configuration)
      throws IOException {
    FileSystem found = path.getFileSystem(configuration);
    if (!(found instanceof LocalFileSystem)) {
      return found;
    }
    Configuration own = new Configuration(configuration);
    umask().ifPresent(mask -> own.set(CommonConfigurationKeys.FS_PERMISSIONS_UMASK_KEY, mask));
    RawLocalFileSystem files = new RawLocalFileSystem();
    files.initialize(URI.create("file:///"), own);
    return files;
  }

  /** The process's umask in octal digits, where the system tells it. */
  static Optional<String> umask() {
    try {
      return Files.readAllLines(STATUS, StandardCharsets.UTF_8).stream()
          .filter(line -> line.startsWith(UMASK))
          .map(line -> line.substring(UMASK.length()).strip())
          .findFirst();
    } catch (IOException e) {
      // Not Linux: Hadoop's setting stays.
      return Optional.empty();
    }
  }
}
