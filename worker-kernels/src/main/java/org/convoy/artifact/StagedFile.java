package org.convoy.artifact;

import java.io.IOException;
import java.io.OutputStream;

/** A file that is written beside its place as {@code .NAME.tmp} and renamed when it is complete. */
public final class StagedFile {
  private StagedFile() {}

  /**
   * Writes a file. An existing file or folder at its place is replaced.
   *
   * @throws IOException if it cannot be written; then nothing is left behind and an existing file
   *     stays
   */
  public static void write(ArtifactStore store, String path, StagedFolder.Content content)
      throws IOException {
    int slash = path.lastIndexOf('/') + 1;
    String beside = path.substring(0, slash) + "." + path.substring(slash) + ".tmp";
    try {
      try (OutputStream file = store.create(beside)) {
        content.writeTo(file);
      }
      store.delete(path);
      store.rename(beside, path);
    } catch (IOException | RuntimeException e) {
      try {
        store.delete(beside);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }
}
