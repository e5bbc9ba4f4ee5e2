package org.convoy.driver.data;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A decompressed copy of a compressed data set, whose samples can be read by offset. It is made
 * again when the data set has changed. Each file is decompressed in one piece, by one task.
 */
public final class UnpackedCopy {
  /** What the copy was made of; its name begins with a dot, so that no format reads it. */
  private static final String STAMP = ".source";

  private static final double MEBIBYTE = 1 << 20;

  private UnpackedCopy() {}

  /** A file, and where its contents go. */
  private record Piece(String source, String name, String target) implements Serializable {}

  /**
   * The data set itself, or, if it is compressed, its copy.
   *
   * @param folder for the copy, beside the output
   * @param say receives the size before anything is written
   * @throws DataSetException if a file is damaged, or there is no room for the copy
   */
  public static DataSet of(DataSet set, Path folder, ScanJobs jobs, Consumer<String> say)
      throws IOException {
    if (set.format() != DataFormat.COMPRESSED) {
      return set;
    }
    Configuration hadoop = jobs.hadoop();
    List<FileStatus> files = CompressedFormat.files(set, hadoop);
    FileSystem to = DataFiles.plain(folder, hadoop);
    Path stampFile = new Path(folder, STAMP);
    String stamp = Shards.stamp(files);
    if (!stamp.equals(kept(to, stampFile))) {
      to.delete(folder, true);
      to.mkdirs(folder);
      long bytes = files.stream().mapToLong(FileStatus::getLen).sum();
      say.accept(
          String.format(
              Locale.ROOT,
              "data set %s is compressed: decompressing %,d files of %,.1f MiB to %s, once",
              set.uri(),
              files.size(),
              bytes / MEBIBYTE,
              folder));
      requireRoom(to, folder, bytes);
      jobs.map("Decompressing " + set.uri(), pieces(set, files, folder), UnpackedCopy::unpack);
      try (OutputStream out = to.create(stampFile, true)) {
        out.write(stamp.getBytes(StandardCharsets.UTF_8));
      }
    }
    return DataSet.at(root(set, files, folder, to).toString(), hadoop);
  }

  private static String kept(FileSystem files, Path stamp) throws IOException {
    try (InputStream in = files.open(stamp)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return ""; // There is no copy, or not a whole one.
    }
  }

  /** Images hardly become larger; other contents do, and then the disk says so. */
  private static void requireRoom(FileSystem files, Path folder, long bytes) throws IOException {
    long free = files.getStatus(folder).getRemaining();
    if (free < bytes) {
      throw new DataSetException(
          String.format(
              Locale.ROOT,
              "no room for the decompressed copy in %s: expected more than %,.1f MiB, got %,.1f",
              folder,
              bytes / MEBIBYTE,
              free / MEBIBYTE));
    }
  }

  private static List<Piece> pieces(DataSet set, List<FileStatus> files, Path folder) {
    List<Piece> pieces = new ArrayList<>();
    for (FileStatus file : files) {
      Path path = file.getPath();
      String name = path.getName();
      boolean deeper = !path.equals(set.path()) && !path.getParent().equals(set.path());
      Path target = deeper ? new Path(folder, path.getParent().getName()) : folder;
      pieces.add(new Piece(path.toString(), name, target.toString()));
    }
    return pieces;
  }

  /** A lone tar is a data set of class folders; everything else is a folder of files. */
  private static Path root(DataSet set, List<FileStatus> files, Path folder, FileSystem to)
      throws IOException {
    if (!files.get(0).getPath().equals(set.path())) {
      return folder;
    }
    Path file = new Path(folder, Compression.nameWithout(set.path().getName()));
    return to.exists(file) ? file : folder;
  }

  private static Boolean unpack(Piece piece, Configuration hadoop) throws IOException {
    Path folder = new Path(piece.target());
    FileSystem to = DataFiles.plain(folder, hadoop);
    Optional<Compression> compression = Compression.of(piece.name());
    try (InputStream file = DataFiles.open(new Path(piece.source()), hadoop);
        InputStream in = new BufferedInputStream(new Contents(compression, file), 1 << 16)) {
      Optional<CifarArchive> cifar = CifarArchive.recognise(in);
      if (cifar.isPresent()) {
        cifar.get().unpack(in, (name, content) -> write(to, new Path(folder, name), content));
        return true;
      }
      String name = compression.isPresent() ? Compression.nameWithout(piece.name()) : piece.name();
      try (OutputStream out = to.create(new Path(folder, name), true)) {
        in.transferTo(out);
      }
      return true;
    } catch (DamageException e) {
      throw new DataSetException(piece.source() + " is damaged or cut short: " + e.getMessage(), e);
    }
  }

  private static void write(FileSystem to, Path file, byte[] content) throws IOException {
    try (OutputStream out = to.create(file, true)) {
      out.write(content);
    }
  }

  /** An error of the file that is read, not of the one that is written. */
  private static final class DamageException extends IOException {
    private static final long serialVersionUID = 1L;

    DamageException(IOException cause) {
      super(String.valueOf(cause.getMessage()), cause);
    }
  }

  /** The decompressed bytes of a file, whose errors are {@link DamageException}s. */
  private static final class Contents extends InputStream {
    private final InputStream in;

    Contents(Optional<Compression> compression, InputStream file) throws DamageException {
      try {
        this.in = compression.isPresent() ? compression.get().open(file) : file;
      } catch (IOException e) {
        throw new DamageException(e);
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      try {
        return in.read(into, from, length);
      } catch (IOException e) {
        throw new DamageException(e);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
