package org.convoy.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * The file system operations that saving needs: a tree of files below one root. Paths are relative
 * to the root, separated by {@code /}; {@code ""} is the root itself.
 *
 * <p>Methods throw IOException with the full path in its message; {@link
 * java.io.FileNotFoundException} if the path does not exist, {@link
 * java.nio.file.FileAlreadyExistsException} if it exists and must not.
 */
public interface ArtifactStore {
  /** Opens a stream at the first byte of a file. */
  InputStream open(String path) throws IOException;

  /**
   * Opens a stream into a new file. Missing parent folders are created; an existing file is
   * overwritten.
   */
  OutputStream create(String path) throws IOException;

  /** Length of a file in bytes. */
  long size(String path) throws IOException;

  /** Whether there is a file or folder. */
  boolean exists(String path) throws IOException;

  /** Names of the direct entries of a folder, sorted; empty if there is no such folder. */
  List<String> list(String folder) throws IOException;

  /**
   * Whether {@link #rename} moves a folder in one step. An object store copies the files one after
   * another: a crash leaves a part of them at the new path.
   */
  default boolean hasAtomicRename() {
    return true;
  }

  /** Moves a file or folder to a path that must not exist. */
  void rename(String from, String to) throws IOException;

  /** Removes a file, or a folder with its content. Does nothing if the path does not exist. */
  void delete(String path) throws IOException;

  /** The full name of a path, for messages. */
  String describe(String path);
}
