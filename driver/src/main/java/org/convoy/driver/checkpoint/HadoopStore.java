package org.convoy.driver.checkpoint;

import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.convoy.artifact.ArtifactStore;

/**
 * A folder on a Hadoop file system. On HDFS and on local disks a rename is atomic. On object stores
 * it is a copy, and unknown file systems count as object stores.
 *
 * <p>{@link LocalFiles} explains the differences for {@code file:} paths.
 */
public final class HadoopStore implements ArtifactStore {
  /** Schemes of file systems that rename a folder in one step. */
  private static final Set<String> RENAMING =
      Set.of("file", "hdfs", "viewfs", "webhdfs", "swebhdfs", "ofs", "maprfs");

  private final FileSystem files;
  private final Path root;

  /**
   * @param configuration how to reach the file system; the connection is the one that Hadoop shares
   * @param root need not exist yet
   * @throws IOException if the file system is unknown or cannot be reached
   */
  public HadoopStore(Configuration configuration, Path root) throws IOException {
    this.files = LocalFiles.of(root, configuration);
    this.root = files.makeQualified(root);
  }

  @Override
  public InputStream open(String path) throws IOException {
    try {
      return files.open(resolve(path));
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    }
  }

  @Override
  public OutputStream create(String path) throws IOException {
    try {
      return new PlainErrors(files.create(resolve(path), true));
    } catch (FSError e) {
      throw plain(e);
    }
  }

  /**
   * Opens a stream into a new file. Missing parent folders are created. If several processes call
   * this for the same path on this machine or on HDFS, only one succeeds. On object stores several
   * may succeed, and the file of the last one stays.
   *
   * @throws FileAlreadyExistsException if a file of this name exists
   */
  public OutputStream createNew(String path) throws IOException {
    try {
      if (files instanceof RawLocalFileSystem local) {
        // Hadoop first checks and then creates the file, so two processes could both succeed.
        java.nio.file.Path file = local.pathToFile(resolve(path)).toPath();
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      }
      return files.create(resolve(path), false);
    } catch (FileAlreadyExistsException | org.apache.hadoop.fs.FileAlreadyExistsException e) {
      FileAlreadyExistsException taken = new FileAlreadyExistsException(describe(path));
      taken.initCause(e);
      throw taken;
    }
  }

  /**
   * Replaces an existing small file. On this machine readers see the old or the new file, and a
   * full disk leaves the old file. On other file systems readers may see an empty file in between.
   */
  public void replace(String path, byte[] content) throws IOException {
    if (files instanceof RawLocalFileSystem local) {
      java.nio.file.Path file = local.pathToFile(resolve(path)).toPath();
      java.nio.file.Path beside = file.resolveSibling("." + file.getFileName() + ".part");
      Files.write(beside, content);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    try (OutputStream out = create(path)) {
      out.write(content);
    }
  }

  @Override
  public long size(String path) throws IOException {
    try {
      return files.getFileStatus(resolve(path)).getLen();
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    }
  }

  @Override
  public boolean exists(String path) throws IOException {
    return files.exists(resolve(path));
  }

  @Override
  public List<String> list(String folder) throws IOException {
    Path place = files.makeQualified(resolve(folder));
    try {
      return Arrays.stream(files.listStatus(place))
          .map(FileStatus::getPath)
          // Hadoop lists a file as its own entry.
          .filter(entry -> !entry.equals(place))
          .map(Path::getName)
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  @Override
  public boolean hasAtomicRename() {
    return files instanceof RawLocalFileSystem || RENAMING.contains(root.toUri().getScheme());
  }

  @Override
  public void rename(String from, String to) throws IOException {
    if (!exists(from)) {
      throw new FileNotFoundException(describe(from) + ": no such file");
    }
    // Hadoop would move the file into a folder of this name.
    if (exists(to)) {
      throw new FileAlreadyExistsException(describe(to));
    }
    if (!files.rename(resolve(from), resolve(to))) {
      throw new IOException("could not rename " + describe(from) + " to " + describe(to));
    }
  }

  @Override
  public void delete(String path) throws IOException {
    if (!files.delete(resolve(path), true) && exists(path)) {
      throw new IOException("could not delete " + describe(path));
    }
  }

  @Override
  public String describe(String path) {
    Path full = resolve(path);
    return full.toUri().getScheme().equals("file") ? full.toUri().getPath() : full.toString();
  }

  private Path resolve(String path) {
    if (path.isEmpty()) {
      return root;
    }
    // Path(Path, String) is not used, because it takes the part of a name before a colon for a
    // scheme.
    String base = root.toString();
    return new Path(base.endsWith("/") ? base + path : base + "/" + path);
  }

  private FileNotFoundException missing(String path, IOException cause) {
    FileNotFoundException missing = new FileNotFoundException(describe(path) + ": no such file");
    missing.initCause(cause);
    return missing;
  }

  private static IOException plain(FSError error) {
    return error.getCause() instanceof IOException cause ? cause : new IOException(error);
  }

  /**
   * Turns the Error that Hadoop's local file system throws on a full disk into an IOException,
   * which other file systems throw.
   */
  private static final class PlainErrors extends FilterOutputStream {
    PlainErrors(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
      try {
        out.write(b, off, len);
      } catch (FSError e) {
        throw plain(e);
      }
    }

    @Override
    public void write(int b) throws IOException {
      try {
        out.write(b);
      } catch (FSError e) {
        throw plain(e);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (FSError e) {
        throw plain(e);
      }
    }

    @Override
    public void close() throws IOException {
      try {
        out.close();
      } catch (FSError e) {
        throw plain(e);
      }
    }
  }
}
