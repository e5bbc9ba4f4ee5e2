package org.convoy.artifact;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder on this machine. A closed file is on the disk, not only in the page cache. */
public final class LocalStore implements ArtifactStore {
  private final Path root;

  /**
   * @param root need not exist yet
   */
  public LocalStore(Path root) {
    this.root = root;
  }

  @Override
  public InputStream open(String path) throws IOException {
    try {
      return Files.newInputStream(resolve(path));
    } catch (NoSuchFileException e) {
      throw missing(path, e);
    }
  }

  @Override
  public OutputStream create(String path) throws IOException {
    Path file = resolve(path);
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    return new SyncedStream(file);
  }

  @Override
  public long size(String path) throws IOException {
    try {
      return Files.size(resolve(path));
    } catch (NoSuchFileException e) {
      throw missing(path, e);
    }
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(resolve(path));
  }

  @Override
  public List<String> list(String folder) throws IOException {
    if (!Files.isDirectory(resolve(folder))) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(resolve(folder))) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    } catch (UncheckedIOException e) {
      throw new IOException("could not list " + describe(folder), e);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    if (Files.exists(resolve(to))) {
      throw new FileAlreadyExistsException(describe(to));
    }
    try {
      Files.move(resolve(from), resolve(to), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      throw missing(from, e);
    }
  }

  @Override
  public void delete(String path) throws IOException {
    if (!Files.exists(resolve(path))) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> entries = Files.walk(resolve(path))) {
      deepestFirst = entries.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw new IOException("could not list " + describe(path), e);
    }
    for (Path entry : deepestFirst) {
      Files.deleteIfExists(entry);
    }
  }

  @Override
  public String describe(String path) {
    return resolve(path).toString();
  }

  private Path resolve(String path) {
    return path.isEmpty() ? root : root.resolve(path);
  }

  private FileNotFoundException missing(String path, IOException cause) {
    FileNotFoundException missing = new FileNotFoundException(describe(path) + ": no such file");
    missing.initCause(cause);
    return missing;
  }

  private static final class SyncedStream extends FileOutputStream {
    SyncedStream(Path file) throws IOException {
      super(file.toFile());
    }

    @Override
    public void close() throws IOException {
      try {
        if (getFD().valid()) {
          getFD().sync();
        }
      } finally {
        super.close();
      }
    }
  }
}
