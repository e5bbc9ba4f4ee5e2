package org.convoy.driver.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of a split that is stored in several files. The name of the split says which:
 *
 * <ul>
 *   <li>a folder of the data set: the files in it;
 *   <li>a pattern such as {@code train-{000..127}.tar} or {@code part-*}: the files that match;
 *   <li>any other name, such as {@code train}: the files of the data set whose names begin with it;
 *   <li>no name: all files.
 * </ul>
 */
final class Shards {
  private static final String PATTERN_LETTERS = "*?{[";
  private static final int MOST_OF_A_RANGE = 1_000_000;

  private Shards() {}

  /** Whether a split's name is a pattern of file names. */
  static boolean isPattern(String name) {
    return name.chars().anyMatch(letter -> PATTERN_LETTERS.indexOf(letter) >= 0);
  }

  /**
   * The files, sorted by name, without hidden ones.
   *
   * @param accepted which names are of the format
   * @param expected what a file of the format is called in messages: "a .tar"
   * @throws DataSetException if there is none, or one that a range states is missing
   */
  static List<FileStatus> of(
      DataSplit split, Predicate<String> accepted, String expected, Configuration hadoop)
      throws IOException {
    Path root = split.set().path();
    FileSystem files = root.getFileSystem(hadoop);
    List<FileStatus> found = new ArrayList<>();
    if (isPattern(split.name())) {
      for (String name : ranges(split.name())) {
        FileStatus[] matching = files.globStatus(new Path(root, name));
        if (matching == null || matching.length == 0) {
          throw new DataSetException(split + ": expected a file " + name + ", got none");
        }
        found.addAll(Arrays.asList(matching));
      }
    } else {
      Path folder = split.name().isEmpty() ? root : Folders.child(root, split.name());
      boolean own = files.exists(folder) && files.getFileStatus(folder).isDirectory();
      String prefix = own ? "" : split.name();
      for (FileStatus each : files.listStatus(own ? folder : root)) {
        if (each.getPath().getName().startsWith(prefix)) {
          found.add(each);
        }
      }
    }
    found.removeIf(
        each ->
            !each.isFile()
                || ImageNames.isHidden(each.getPath().getName())
                || !accepted.test(each.getPath().getName()));
    if (found.isEmpty()) {
      throw new DataSetException(
          split
              + " has no files: expected "
              + expected
              + " in a folder of this name, or with a name that begins with it");
    }
    found.sort((a, b) -> a.getPath().getName().compareTo(b.getPath().getName()));
    return found;
  }

  /** A text that changes when one of the files changes. */
  static String stamp(List<FileStatus> shards) {
    StringBuilder text = new StringBuilder();
    for (FileStatus shard : shards) {
      text.append(shard.getPath()).append(' ').append(shard.getLen()).append(' ');
      text.append(shard.getModificationTime()).append('\n');
    }
    byte[] digest = SampleIndex.sha256().digest(text.toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  /** Writes {@code a{08..10}b} as a08b, a09b, a10b; other braces stay. */
  static List<String> ranges(String pattern) throws DataSetException {
    int dots = pattern.indexOf("..");
    int open = pattern.lastIndexOf('{', dots);
    int close = pattern.indexOf('}', dots);
    if (dots < 0 || open < 0 || close < 0) {
      return List.of(pattern);
    }
    String first = pattern.substring(open + 1, dots);
    String last = pattern.substring(dots + 2, close);
    if (!first.matches("\\d{1,9}") || !last.matches("\\d{1,9}")) {
      throw new DataSetException(
          "files " + pattern + ": expected numbers around '..', got " + first + " and " + last);
    }
    int from = Integer.parseInt(first);
    int until = Integer.parseInt(last);
    if (from > until || until - from >= MOST_OF_A_RANGE) {
      throw new DataSetException(
          "files " + pattern + ": expected a rising range of at most " + MOST_OF_A_RANGE);
    }
    List<String> names = new ArrayList<>();
    for (int number = from; number <= until; number++) {
      String digits = Integer.toString(number);
      String padded = "0".repeat(Math.max(0, first.length() - digits.length())) + digits;
      names.addAll(ranges(pattern.substring(0, open) + padded + pattern.substring(close + 1)));
    }
    return names;
  }
}
