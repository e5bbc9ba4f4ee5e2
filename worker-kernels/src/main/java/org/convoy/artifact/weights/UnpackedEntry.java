package org.convoy.artifact.weights;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.convoy.artifact.DamagedFileException;

/** Unpacks an entry of a zip file, and no more of it than there should be. */
final class UnpackedEntry {
  private static final int PIECE = 1 << 16;

  /** How far trained weights may be compressed: by far more than they ever are. */
  private static final int MOST_COMPRESSION = 64;

  private static final long SMALL_BYTES = 1L << 20;

  private UnpackedEntry() {}

  /**
   * Writes an entry's content into a file.
   *
   * @param to is there, and is overwritten
   * @param expected the most bytes that the content should have, as far as it is known
   * @param file name of the zip file in messages
   * @throws DamagedFileException if the content is longer; little more than that was written
   */
  static void copy(ZipFile zip, ZipArchiveEntry entry, Path to, long expected, String file)
      throws IOException {
    long most = Math.min(expected, SMALL_BYTES + MOST_COMPRESSION * entry.getCompressedSize());
    try (InputStream in = zip.getInputStream(entry);
        OutputStream out = Files.newOutputStream(to)) {
      byte[] piece = new byte[PIECE];
      long written = 0;
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        written += read;
        if (written > most) {
          throw new DamagedFileException(
              file, entry.getName(), "at most " + most + " bytes", "more");
        }
        out.write(piece, 0, read);
      }
    }
  }
}
