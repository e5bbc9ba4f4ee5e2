package org.convoy.driver.doctor;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.doctor.HostReport.Storage;

/** Writes a file, reads it again and deletes it. */
final class StorageProbe {
  private static final int PIECE = 1 << 20;

  private final Configuration hadoop;
  private final int bytes;

  /**
   * @param bytes of the file
   */
  StorageProbe(Configuration hadoop, int bytes) {
    this.hadoop = hadoop;
    this.bytes = bytes;
  }

  /**
   * Measures a folder, which is made if it does not exist.
   *
   * @param folder a Hadoop path
   * @param name of the file, different for every executor
   */
  Storage measure(String folder, String name) {
    Path file = new Path(folder, name);
    try {
      FileSystem files = file.getFileSystem(hadoop);
      try {
        double writing = seconds(() -> write(files, file));
        double reading = seconds(() -> read(files, file));
        long free = files.getStatus(file.getParent()).getRemaining();
        return new Storage(folder, free, bytes / writing, bytes / reading, "");
      } finally {
        files.delete(file, false);
      }
    } catch (IOException | UnsupportedOperationException e) {
      return Storage.failed(folder, String.valueOf(e.getMessage()));
    }
  }

  private void write(FileSystem files, Path file) throws IOException {
    byte[] piece = new byte[PIECE];
    // Zeros might be compressed or left out.
    for (int i = 0; i < PIECE; i++) {
      piece[i] = (byte) (i * 31 + (i >> 8));
    }
    try (FSDataOutputStream out = files.create(file, true)) {
      for (int left = bytes; left > 0; left -= PIECE) {
        out.write(piece, 0, Math.min(PIECE, left));
      }
      if (out.hasCapability("hsync")) {
        out.hsync();
      }
    }
  }

  private void read(FileSystem files, Path file) throws IOException {
    byte[] piece = new byte[PIECE];
    long all = 0;
    try (InputStream in = files.open(file)) {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        all += read;
      }
    }
    if (all != bytes) {
      throw new IOException(file + ": wrote " + bytes + " bytes, read " + all);
    }
  }

  /** Opens or lists a location; an empty text, or why it cannot be reached. */
  String reach(String location) {
    Path path = new Path(location);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      if (files.getFileStatus(path).isDirectory()) {
        return files.listStatusIterator(path).hasNext() ? "" : path + " is empty";
      }
      try (InputStream in = files.open(path)) {
        return in.read() < 0 ? path + " is empty" : "";
      }
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Work with files. */
  private interface Work {
    void run() throws IOException;
  }

  private static double seconds(Work work) throws IOException {
    long start = System.nanoTime();
    work.run();
    return Math.max(1, System.nanoTime() - start) * 1e-9;
  }
}
