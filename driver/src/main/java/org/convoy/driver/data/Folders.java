package org.convoy.driver.data;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Lists single folders of a file system. */
sealed interface Folders permits LocalFolders, HadoopFolders {

  /** What an entry is, links followed. */
  enum Kind {
    FILE,
    FOLDER,
    /** A named pipe, a device or a socket: reading it may never end. */
    SPECIAL,
    /** A link that leads to nothing. */
    BROKEN_LINK
  }

  /**
   * An entry of a folder.
   *
   * @param name within the folder
   * @param kind links followed
   * @param isLink whether it is a symbolic link to a folder
   * @param length bytes of a file
   * @param modified milliseconds since 1970, 0 where the file system does not say
   */
  record Entry(String name, Kind kind, boolean isLink, long length, long modified) {}

  /** Told of each entry, in any order. */
  @FunctionalInterface
  interface Visitor {
    void entry(Entry entry) throws IOException;
  }

  /** How the file system of a path is listed. */
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

  /** What tells a folder from all others, links followed; none if the file system has no links. */
  Optional<Object> identity(Path folder) throws IOException;

  /** The identities of a folder and of all folders above it. */
  Set<Object> identitiesUpwards(Path folder) throws IOException;

  /** The path of an entry. */
  static Path child(Path folder, String name) {
    String base = folder.toString();
    // Not Path(Path, String): it takes what stands before a colon in the name for a scheme.
    return new Path(base.endsWith("/") ? base + name : base + "/" + name);
  }
}
