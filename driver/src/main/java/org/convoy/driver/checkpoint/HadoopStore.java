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
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.convoy.artifact.ArtifactStore;

/**
 * A folder on a Hadoop file system. On HDFS and on local disks a rename happens at once; on object
 * stores it is a copy, and a crash in its middle leaves what digests then show to be incomplete.
 *
 * <p>What is special about {@code file:} paths is said at {@link LocalFiles}.
 */
public final class HadoopStore implements ArtifactStore {
  private final FileSystem files;
  private final Path root;

  /**
   * @param configuration says how the file system is reached; its connection is Hadoop's shared one
   * @param root need not exist yet
   * @throws IOException if the file system is not known or not reached
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
   * A stream into a new file; folders above it are made. Of several who call this for one path on
   * this machine or on HDFS, one succeeds; on object stores several may, and the last one's file
   * stays.
   *
   * @throws FileAlreadyExistsException if there is a file of this name
   */
  public OutputStream createNew(String path) throws IOException {
    try {
      if (files instanceof RawLocalFileSystem local) {
        // Hadoop would look first and then create, and two could.
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
   * Puts a small file in the place of one that is there. On this machine readers see the old one or
   * the new one, and a full disk leaves the old one; elsewhere they may see an empty one between.
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
    try {
      return Arrays.stream(files.listStatus(resolve(folder)))
          .map(entry -> entry.getPath().getName())
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    if (!exists(from)) {
      throw new FileNotFoundException(describe(from) + ": no such file");
    }
    // Hadoop would move into a folder of that name.
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
    return path.isEmpty() ? root : new Path(root, path);
  }

  private FileNotFoundException missing(String path, IOException cause) {
    FileNotFoundException missing = new FileNotFoundException(describe(path) + ": no such file");
    missing.initCause(cause);
    return missing;
  }

  private static IOException plain(FSError error) {
    return error.getCause() instanceof IOException cause ? cause : new IOException(error);
  }

  /** Hadoop's local file system throws an Error where a disk is full; others throw IOException. */
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
