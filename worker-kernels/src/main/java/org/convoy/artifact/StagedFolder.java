package org.convoy.artifact;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that is written beside its place, as {@code .NAME.tmp}, and appears there whole by a
 * rename. Closed before it was committed, it is removed.
 */
public final class StagedFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StagedFolder.class);

  private final ArtifactStore store;
  private final String place;
  private final String beside;
  private final String former;
  private boolean committed;

  private StagedFolder(ArtifactStore store, String place) {
    this.store = store;
    this.place = place;
    int slash = place.lastIndexOf('/') + 1;
    String hidden = place.substring(0, slash) + "." + place.substring(slash);
    this.beside = hidden + ".tmp";
    this.former = hidden + ".old";
  }

  /** Begins a folder; what an earlier attempt left beside the place is removed first. */
  public static StagedFolder begin(ArtifactStore store, String place) throws IOException {
    StagedFolder folder = new StagedFolder(store, place);
    if (store.exists(folder.former) && !store.exists(place)) {
      store.rename(folder.former, place);
    }
    store.delete(folder.former);
    store.delete(folder.beside);
    return folder;
  }

  /** Joins a folder that several write to at once, each its own files; nothing is removed. */
  public static StagedFolder join(ArtifactStore store, String place) {
    return new StagedFolder(store, place);
  }

  /** What writes a file's content to a stream that it leaves open. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes one file.
   *
   * @param name of the file in this folder
   * @param bytes how long it will be
   * @return what was written, for the manifest
   * @throws IOException if it cannot be written, naming the path, the bytes needed and those
   *     written before the failure
   */
  public FileDigest write(String name, long bytes, Content content) throws IOException {
    String path = beside + "/" + name;
    long written = 0;
    try (OutputStream file = store.create(path)) {
      FileDigest.Writing digesting = new FileDigest.Writing(file);
      try {
        content.writeTo(digesting);
      } finally {
        written = digesting.written();
      }
      file.flush();
      FileDigest digest = digesting.digest();
      if (digest.bytes() != bytes) {
        throw new IllegalStateException(
            store.describe(path) + ": expected " + bytes + " bytes, wrote " + digest.bytes());
      }
      return digest;
    } catch (IOException e) {
      throw new IOException(
          "could not write "
              + store.describe(path)
              + ", which needs "
              + bytes
              + " bytes, of which "
              + written
              + " were written: "
              + e.getMessage(),
          e);
    }
  }

  /** Writes one file of bytes. */
  public FileDigest write(String name, byte[] content) throws IOException {
    return write(name, content.length, out -> out.write(content));
  }

  /**
   * Checks that files written by others have arrived in full length.
   *
   * @throws DamagedFileException naming the first file that has not
   */
  public void requireComplete(Map<String, FileDigest> files) throws IOException {
    for (Map.Entry<String, FileDigest> file : files.entrySet()) {
      String path = beside + "/" + file.getKey();
      long expected = file.getValue().bytes();
      long got;
      try {
        got = store.size(path);
      } catch (FileNotFoundException e) {
        throw new DamagedFileException(
            store.describe(path), "length", expected + " bytes", "no file");
      }
      if (got != expected) {
        throw new DamagedFileException(store.describe(path), "length", expected + " bytes", got);
      }
    }
    for (String name : store.list(beside)) {
      if (!files.containsKey(name)) {
        store.delete(beside + "/" + name);
      }
    }
  }

  /**
   * Puts the folder into its place. A folder that is there already steps aside first, and is
   * removed after; a crash between leaves it as {@code .NAME.old}, from where the next {@link
   * #begin} brings it back.
   */
  public void commit() throws IOException {
    if (store.exists(place)) {
      store.delete(former);
      store.rename(place, former);
    }
    store.rename(beside, place);
    committed = true;
    store.delete(former);
  }

  /** Removes what was not committed. */
  @Override
  public void close() {
    if (committed) {
      return;
    }
    try {
      store.delete(beside);
    } catch (IOException e) {
      LOG.warn("could not remove {}", store.describe(beside), e);
    }
  }
}
