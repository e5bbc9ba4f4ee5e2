package org.convoy.driver.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.jspecify.annotations.Nullable;

/** What is at the location of a data set, as far as it takes to recognise its format. */
final class SourceFiles {
  /** Entries of a folder that are looked at. */
  private static final int MOST = 10_000;

  private final FileStatus status;
  private final Configuration hadoop;
  private @Nullable List<FileStatus> children;

  SourceFiles(FileStatus status, Configuration hadoop) {
    this.status = status;
    this.hadoop = hadoop;
  }

  boolean isFolder() {
    return status.isDirectory();
  }

  /** The last part of its path. */
  String name() {
    return status.getPath().getName();
  }

  /** Whether it is a file whose name has this ending, in any case. */
  boolean isFile(String ending) {
    return status.isFile() && status.getPath().getName().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  /** Whether a folder holds a file of this name. */
  boolean holds(String fileName) throws IOException {
    return isFolder()
        && children().stream()
            .anyMatch(each -> each.isFile() && each.getPath().getName().equals(fileName));
  }

  /**
   * Whether a folder, or the first folder in it, holds files of a format and no folders. A folder
   * with both is taken for one of class folders.
   */
  boolean holdsOnly(Predicate<String> accepted) throws IOException {
    if (children().stream().noneMatch(FileStatus::isDirectory)) {
      return children().stream().anyMatch(each -> accepted.test(each.getPath().getName()));
    }
    Optional<FileStatus> first =
        children().stream()
            .filter(FileStatus::isDirectory)
            .min((a, b) -> a.getPath().getName().compareTo(b.getPath().getName()));
    List<FileStatus> inside = list(first.orElseThrow().getPath());
    return inside.stream().noneMatch(FileStatus::isDirectory)
        && inside.stream().anyMatch(each -> accepted.test(each.getPath().getName()));
  }

  private List<FileStatus> children() throws IOException {
    if (children == null) {
      children = list(status.getPath());
    }
    return children;
  }

  private List<FileStatus> list(Path folder) throws IOException {
    List<FileStatus> entries = new ArrayList<>();
    FileSystem files = folder.getFileSystem(hadoop);
    try {
      RemoteIterator<FileStatus> each = files.listStatusIterator(folder);
      while (entries.size() < MOST && each.hasNext()) {
        FileStatus next = each.next();
        if (!ImageNames.isHidden(next.getPath().getName())) {
          entries.add(next);
        }
      }
    } catch (FileNotFoundException e) {
      return List.of(); // A folder that this process cannot name or open; its format says so.
    }
    return entries;
  }
}
