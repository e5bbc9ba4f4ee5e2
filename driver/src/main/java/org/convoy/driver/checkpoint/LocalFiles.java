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
 * The files of this machine as Hadoop sees them, with two differences. First, Hadoop writes no
 * checksum files: they would lie among the user's files, they do not allow appends, and a changed
 * file would fail with Hadoop's message instead of ours. Second, the umask of the process decides
 * the permissions of files. Hadoop would use {@code fs.permissions.umask-mode}, which is meant for
 * distributed file systems.
 */
public final class LocalFiles {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String UMASK = "Umask:";

  private LocalFiles() {}

  /**
   * The file system of a path. Local files get the differences above; other file systems stay
   * unchanged.
   *
   * @throws IOException if the file system is unknown or cannot be reached
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

  /** The umask of the process in octal digits, if the system provides it. */
  static Optional<String> umask() {
    try {
      return Files.readAllLines(STATUS, StandardCharsets.UTF_8).stream()
          .filter(line -> line.startsWith(UMASK))
          .map(line -> line.substring(UMASK.length()).strip())
          .findFirst();
    } catch (IOException e) {
      // This is not Linux, so Hadoop's setting stays.
      return Optional.empty();
    }
  }
}
