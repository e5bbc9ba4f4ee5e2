package org.convoy.driver.data;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Folders of any Hadoop file system. Symbolic links are not followed; HDFS has them only if an
 * administrator enabled them.
 */
record HadoopFolders(FileSystem files) implements Folders {

  @Override
  public void list(Path folder, Visitor visitor) throws IOException {
    RemoteIterator<FileStatus> entries = files.listStatusIterator(folder);
    while (entries.hasNext()) {
      FileStatus entry = entries.next();
      visitor.entry(
          new Entry(
              entry.getPath().getName(),
              kind(entry),
              false,
              entry.getLen(),
              entry.getModificationTime()));
    }
  }

  private static Kind kind(FileStatus entry) {
    if (entry.isSymlink()) {
      return Kind.BROKEN_LINK;
    }
    return entry.isDirectory() ? Kind.FOLDER : Kind.FILE;
  }

  @Override
  public Optional<Object> identity(Path folder) {
    return Optional.empty();
  }

  @Override
  public Set<Object> identitiesUpwards(Path folder) {
    return Set.of();
  }
}
