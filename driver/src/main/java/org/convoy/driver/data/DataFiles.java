package org.convoy.driver.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.attribute.BasicFileAttributes;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.functional.FutureIO;

/** Looks up and opens the files of a data set, with clear errors. */
final class DataFiles {

  /** The encoding of local file names in this process. */
  static final String NAME_ENCODING = System.getProperty("sun.jnu.encoding", "unknown");

  private DataFiles() {}

  static boolean namesAreUtf8() {
    return NAME_ENCODING.equalsIgnoreCase(StandardCharsets.UTF_8.name());
  }

  /** Whether a path is on this machine. */
  static boolean isLocal(Path path, Configuration hadoop) throws IOException {
    return "file".equals(path.getFileSystem(hadoop).getUri().getScheme());
  }

  /**
   * A path on this machine.
   *
   * @throws DataSetException if the name has letters that this process cannot write
   */
  static java.nio.file.Path local(Path path) throws DataSetException {
    try {
      return java.nio.file.Path.of(path.toUri().getPath());
    } catch (InvalidPathException e) {
      throw new DataSetException(unwritable(path), e);
    }
  }

  /** The qualified path. On this machine, links are followed as far as the path exists. */
  static String resolved(Path path, Configuration hadoop) throws IOException {
    if (!isLocal(path, hadoop)) {
      return path.getFileSystem(hadoop).makeQualified(path).toString();
    }
    java.nio.file.Path there = local(path).toAbsolutePath().normalize();
    java.nio.file.Path existing = there;
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing.toRealPath().resolve(existing.relativize(there)).toString();
  }

  /**
   * The file or folder at a location, with its qualified path.
   *
   * @throws DataSetException if nothing exists there, its file system is unknown, or it is neither
   *     a file nor a folder
   */
  static FileStatus status(String location, Configuration hadoop) throws IOException {
    try {
      Path path = new Path(location);
      if (isLocal(path, hadoop)) {
        requireNoSpecialFile(path);
      }
      return path.getFileSystem(hadoop).getFileStatus(path);
    } catch (FileNotFoundException e) {
      throw new DataSetException(
          "nothing found at " + location + ": expected " + expected(location, hadoop), e);
    } catch (IllegalArgumentException | UnsupportedFileSystemException e) {
      throw new DataSetException("cannot open " + location + ": " + e.getMessage(), e);
    }
  }

  /**
   * Opens a file.
   *
   * @throws FileNotFoundException if it does not exist
   * @throws DataSetException if it is a named pipe, a device or a socket, because reading it may
   *     never end
   */
  static FSDataInputStream open(Path path, Configuration hadoop) throws IOException {
    // The file system with check sums takes the part of a name before a colon for a scheme.
    return open(path, path.getName().contains(":"), hadoop);
  }

  /** Opens a file without verifying Hadoop's check sum file beside it, which is faster. */
  static FSDataInputStream openUnchecked(Path path, Configuration hadoop) throws IOException {
    return open(path, true, hadoop);
  }

  /**
   * Opens a file whose blocks are read in any order. Clients of object stores otherwise ask for all
   * that follows the first block, and break the request off at the second one.
   */
  static FSDataInputStream openForBlocks(Path path, Configuration hadoop) throws IOException {
    if (isLocal(path, hadoop)) {
      return open(path, hadoop);
    }
    return FutureIO.awaitFuture(
        path.getFileSystem(hadoop)
            .openFile(path)
            .opt("fs.s3a.experimental.input.fadvise", "random")
            .opt("fs.option.openfile.read.policy", "random")
            .build());
  }

  /** As {@link #openForBlocks}, without verifying Hadoop's check sum file beside it. */
  static FSDataInputStream openForPages(Path path, Configuration hadoop) throws IOException {
    return isLocal(path, hadoop) ? openUnchecked(path, hadoop) : openForBlocks(path, hadoop);
  }

  private static FSDataInputStream open(Path path, boolean isUnchecked, Configuration hadoop)
      throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    if (isLocal(path, hadoop)) {
      requireNoSpecialFile(path);
    }
    return isUnchecked && files instanceof ChecksumFileSystem local
        ? local.getRawFileSystem().open(path)
        : files.open(path);
  }

  /** The file system of a path; on this machine without check sum files. */
  static FileSystem plain(Path path, Configuration hadoop) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    return files instanceof ChecksumFileSystem local ? local.getRawFileSystem() : files;
  }

  private static void requireNoSpecialFile(Path path) throws DataSetException {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(local(path), BasicFileAttributes.class);
    } catch (DataSetException e) {
      throw e;
    } catch (IOException e) {
      return; // The caller that opens the file reports the error.
    }
    if (found.isOther()) {
      throw special(path.toString());
    }
  }

  /** The error for a location that is neither a file nor a folder. */
  static DataSetException special(String location) {
    return new DataSetException(
        location + " is a named pipe, a device or a socket: expected an ordinary file");
  }

  private static String unwritable(Path path) {
    return "cannot open "
        + path
        + ": its name cannot be written in the encoding of this process, "
        + NAME_ENCODING
        + ": start every process with LC_ALL=C.UTF-8 in its environment";
  }

  private static String expected(String location, Configuration hadoop) {
    String where =
        new Path(location).toUri().getScheme() == null
            ? " on the default file system " + FileSystem.getDefaultUri(hadoop)
            : "";
    return "a folder or file there" + where;
  }
}
