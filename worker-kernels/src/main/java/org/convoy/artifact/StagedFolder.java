package org.convoy.artifact;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that is written beside its place as {@code .NAME.tmp} and moved there by a rename when
 * it is complete. If it is closed before {@link #commit}, it is removed.
 *
 * <p>A store without an atomic rename gets the files at their place at once. There the last file
 * makes the folder complete: a manifest with the digests of all others. Readers take no folder
 * without one.
 */
public final class StagedFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StagedFolder.class);

  private final ArtifactStore store;
  private final String place;
  private final String beside;
  private final String former;
  private final SortedMap<String, FileDigest> written = new TreeMap<>();
  private boolean committed;

  private StagedFolder(ArtifactStore store, String place) {
    this.store = store;
    this.place = place;
    int slash = place.lastIndexOf('/') + 1;
    String hidden = place.substring(0, slash) + "." + place.substring(slash);
    this.beside = store.hasAtomicRename() ? hidden + ".tmp" : place;
    this.former = hidden + ".old";
  }

  /**
   * Begins a folder. First removes what an earlier attempt left beside the place. A store without
   * an atomic rename also loses the folder that is at the place.
   */
  public static StagedFolder begin(ArtifactStore store, String place) throws IOException {
    StagedFolder folder = new StagedFolder(store, place);
    if (store.exists(folder.former) && !store.exists(place)) {
      store.rename(folder.former, place);
    }
    store.delete(folder.former);
    store.delete(folder.beside);
    return folder;
  }

  /**
   * Joins a folder that several processes write to at once, each its own files. Nothing is removed.
   */
  public static StagedFolder join(ArtifactStore store, String place) {
    return new StagedFolder(store, place);
  }

  /** Writes the content of a file to a stream and leaves the stream open. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of the content. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes one file.
   *
   * @param name name of the file in this folder
   * @param bytes length of the content
   * @return the digest of the file, for the manifest
   * @throws IOException if the file cannot be written; the message names the path, the bytes needed
   *     and the bytes written before the failure
   */
  public FileDigest write(String name, long bytes, Content content) throws IOException {
    String path = beside + "/" + name;
    long count = 0;
    try (OutputStream file = store.create(path)) {
      FileDigest.Writing digesting = new FileDigest.Writing(file);
      try {
        content.writeTo(digesting);
      } finally {
        count = digesting.written();
      }
      file.flush();
      FileDigest digest = digesting.digest();
      if (digest.bytes() != bytes) {
        throw new IllegalStateException(
            store.describe(path) + ": expected " + bytes + " bytes, wrote " + digest.bytes());
      }
      written.put(name, digest);
      return digest;
    } catch (IOException e) {
      throw new IOException(
          "could not write "
              + store.describe(path)
              + ", which needs "
              + bytes
              + " bytes, of which "
              + count
              + " were written: "
              + e.getMessage(),
          e);
    }
  }

  /** Writes one file with this content. */
  public FileDigest write(String name, byte[] content) throws IOException {
    return write(name, content.length, out -> out.write(content));
  }

  /** The digests of the files that were written until now, by name: what the manifest lists. */
  public SortedMap<String, FileDigest> written() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(written));
  }

  /**
   * Checks that files written by other processes have their full length.
   *
   * @throws DamagedFileException naming the first file with another length
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
   * Moves the folder to its place. An existing folder there is first renamed to {@code .NAME.old}
   * and then removed. After a crash in between, the next {@link #begin} restores it.
   */
  public void commit() throws IOException {
    if (!store.hasAtomicRename()) {
      committed = true;
      return;
    }
    if (store.exists(place)) {
      store.delete(former);
      store.rename(place, former);
    }
    store.rename(beside, place);
    committed = true;
    store.delete(former);
  }

  /** Removes the folder if it was not committed. */
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
