package org.convoy.driver.data;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Lists single folders of a file system. */
sealed interface Folders permits LocalFolders, HadoopFolders {

  /** The kind of an entry after following links. */
  enum Kind {
    FILE,
    FOLDER,
    /** A named pipe, a device or a socket: reading it may never end. */
    SPECIAL,
    /** A link whose target does not exist. */
    BROKEN_LINK
  }

  /**
   * An entry of a folder.
   *
   * @param name within the folder
   * @param kind its kind after following links
   * @param isLink whether it is a symbolic link to a folder
   * @param length bytes of a file
   * @param modified milliseconds since 1970, 0 if the file system does not provide it
   */
  record Entry(String name, Kind kind, boolean isLink, long length, long modified) {}

  /** Receives each entry, in any order. */
  @FunctionalInterface
  interface Visitor {
    void entry(Entry entry) throws IOException;
  }

  /** The listing for the file system of a path. */
  static Folders of(Path path, Configuration hadoop) throws IOException {
    return DataFiles.isLocal(path, hadoop)
        ? new LocalFolders()
        : new HadoopFolders(path.getFileSystem(hadoop));
  }

  /**
   * Lists a folder.
   *
   * @throws java.io.FileNotFoundException if there is no such folder
   * @throws DataSetException if an entry that may be data has a name that this process cannot open
   */
  void list(Path folder, Visitor visitor) throws IOException;

  /** The identity of a folder after following links. Empty if the file system has no links. */
  Optional<Object> identity(Path folder) throws IOException;

  /** The identities of a folder and of all its parent folders. */
  Set<Object> identitiesUpwards(Path folder) throws IOException;

  /** The path of an entry. */
  static Path child(Path folder, String name) {
    String base = folder.toString();
    // Path(Path, String) is not used, because it takes the part of a name before a colon for a
    // scheme.
    return new Path(base.endsWith("/") ? base + name : base + "/" + name);
  }
}
