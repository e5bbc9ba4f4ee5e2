package org.convoy.driver.checkpoint;

import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.convoy.artifact.ArtifactStore;

/**
 * A folder on a Hadoop file system. On HDFS and on local disks a rename happens at once; on object
 * stores it is a copy, and a crash in its middle leaves what digests then show to be incomplete.
 *
 * <p>For {@code file:} paths Hadoop's own checksum files are left out: they would lie among the
 * user's files, and a file that was changed would fail in Hadoop's words before it could be named
 * in ours.
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
    FileSystem found = root.getFileSystem(configuration);
    this.files = found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
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
