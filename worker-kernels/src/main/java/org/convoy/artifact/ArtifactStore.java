package org.convoy.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * What saving needs of a file system: a tree of files below one root, with a rename that happens at
 * once. Paths are relative to the root, separated by {@code /}; {@code ""} is the root itself.
 *
 * <p>Methods throw IOException with the full path in its message; {@link
 * java.io.FileNotFoundException} if the path is not there, {@link
 * java.nio.file.FileAlreadyExistsException} where it must not be.
 */
public interface ArtifactStore {
  /** A stream over a file, at its first byte. */
  InputStream open(String path) throws IOException;

  /** A stream into a new file; folders above it are made, a file of this name is overwritten. */
  OutputStream create(String path) throws IOException;

  /** Length of a file in bytes. */
  long size(String path) throws IOException;

  /** Whether there is a file or folder. */
  boolean exists(String path) throws IOException;

  /** Names of what is directly in a folder, sorted; empty if there is no such folder. */
  List<String> list(String folder) throws IOException;

  /** Moves a file or folder, at once, to a path that must not exist. */
  void rename(String from, String to) throws IOException;

  /** Removes a file, or a folder with all in it; nothing happens if it is not there. */
  void delete(String path) throws IOException;

  /** The full name of a path, for messages. */
  String describe(String path);
}
