package org.convoy.driver.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.convoy.artifact.ArtifactStore;

/** A store as object stores are: it cannot rename. After a number of files it also fails. */
final class StoreWithoutRename implements ArtifactStore {
  private final ArtifactStore store;
  private int filesLeft = Integer.MAX_VALUE;

  StoreWithoutRename(ArtifactStore store) {
    this.store = store;
  }

  /** From now on only this many files can be created, and then nothing can be removed either. */
  void failAfter(int files) {
    filesLeft = files;
  }

  @Override
  public boolean hasAtomicRename() {
    return false;
  }

  @Override
  public void rename(String from, String to) {
    throw new AssertionError("renamed " + from + " to " + to);
  }

  @Override
  public OutputStream create(String path) throws IOException {
    if (filesLeft == 0) {
      throw new IOException("the store is gone");
    }
    filesLeft--;
    return store.create(path);
  }

  @Override
  public void delete(String path) throws IOException {
    if (filesLeft == 0) {
      throw new IOException("the store is gone");
    }
    store.delete(path);
  }

  @Override
  public InputStream open(String path) throws IOException {
    return store.open(path);
  }

  @Override
  public long size(String path) throws IOException {
    return store.size(path);
  }

  @Override
  public boolean exists(String path) throws IOException {
    return store.exists(path);
  }

  @Override
  public List<String> list(String folder) throws IOException {
    return store.list(folder);
  }

  @Override
  public String describe(String path) {
    return store.describe(path);
  }
}
