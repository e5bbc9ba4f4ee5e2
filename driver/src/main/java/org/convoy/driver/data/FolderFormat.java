package org.convoy.driver.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * A folder with a sub-folder for each class, one file an image. Class folders are listed in
 * parallel.
 */
final class FolderFormat implements SplitFormat {

  /**
   * Class folders listed by one piece of work: enough that a thousand classes are no thousand
   * tasks.
   */
  private static final int PIECES_PER_CORE = 4;

  @Override
  public String description() {
    return "a folder";
  }

  @Override
  public boolean reads(FileStatus status) {
    return status.isDirectory();
  }

  /**
   * Covers the names and modification times of the class folders: those change when files come or
   * go.
   */
  @Override
  public String stamp(DataSplit split, Configuration hadoop) throws IOException {
    MessageDigest sha = SampleIndex.sha256();
    for (FileStatus each : children(split, hadoop)) {
      String line = each.getPath().getName() + " " + each.getModificationTime() + "\n";
      sha.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return root(split) + " " + HexFormat.of().formatHex(sha.digest());
  }

  @Override
  public SampleIndexBuilder list(DataSplit split, ScanJobs jobs) throws IOException {
    SampleIndexBuilder found = new SampleIndexBuilder();
    List<String> folders = new ArrayList<>();
    for (FileStatus child : children(split, jobs.hadoop())) {
      if (!child.isDirectory()) {
        found.ignore();
      } else if (!ImageNames.isHidden(child.getPath().getName())) {
        folders.add(child.getPath().toString());
      }
    }
    for (SampleIndexBuilder part :
        jobs.map(
            "Listing " + split, pieces(folders, jobs.parallelism()), FolderFormat::listClasses)) {
      found.addAll(part);
    }
    return found;
  }

  private static List<List<String>> pieces(List<String> folders, int parallelism) {
    int size = Math.max(1, folders.size() / (PIECES_PER_CORE * parallelism));
    List<List<String>> pieces = new ArrayList<>();
    for (int i = 0; i < folders.size(); i += size) {
      pieces.add(List.copyOf(folders.subList(i, Math.min(folders.size(), i + size))));
    }
    return pieces;
  }

  private static SampleIndexBuilder listClasses(List<String> folders, Configuration hadoop)
      throws IOException {
    SampleIndexBuilder found = new SampleIndexBuilder();
    for (String folder : folders) {
      Path path = new Path(folder);
      String className = path.getName();
      found.addClass(className);
      RemoteIterator<FileStatus> files = path.getFileSystem(hadoop).listStatusIterator(path);
      while (files.hasNext()) {
        FileStatus file = files.next();
        String name = file.getPath().getName();
        if (file.isDirectory()) {
          found.addFolderInClass(className);
        } else if (ImageNames.isImage(name)) {
          found.add(className, name, folder, SampleIndex.WHOLE_FILE, file.getLen());
        } else {
          found.ignore();
        }
      }
    }
    return found;
  }

  private static Path root(DataSplit split) {
    return split.name().isEmpty()
        ? split.set().path()
        : new Path(split.set().uri() + "/" + split.name());
  }

  private static FileStatus[] children(DataSplit split, Configuration hadoop) throws IOException {
    Path root = root(split);
    FileSystem files = root.getFileSystem(hadoop);
    try {
      FileStatus[] children = files.listStatus(root);
      Arrays.sort(children, Comparator.comparing(FileStatus::getPath));
      return children;
    } catch (FileNotFoundException e) {
      throw new DataSetException(
          "no "
              + split
              + ": expected a folder of that name; folders there: "
              + folderNames(files, split.set().path()),
          e);
    }
  }

  private static String folderNames(FileSystem files, Path root) throws IOException {
    List<String> names =
        Arrays.stream(files.listStatus(root))
            .filter(FileStatus::isDirectory)
            .map(each -> each.getPath().getName())
            .sorted()
            .limit(20)
            .toList();
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
