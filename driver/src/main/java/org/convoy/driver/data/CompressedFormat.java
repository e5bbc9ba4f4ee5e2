package org.convoy.driver.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A compressed tar, or a folder of compressed tars, IDX files or record files. Samples of it cannot
 * be read by offset. {@link UnpackedCopy} makes a data set of another format of it.
 */
final class CompressedFormat implements SplitFormat {
  private static final List<String> INSIDE = List.of(".tar", "-ubyte", ".tfrecord", ".seq");

  @Override
  public String description() {
    return "a compressed tar or a folder of compressed files";
  }

  @Override
  public boolean reads(SourceFiles source) throws IOException {
    return source.isFolder() ? source.holdsOnly(CompressedFormat::accepts) : accepts(source.name());
  }

  private static boolean accepts(String fileName) {
    return Compression.of(fileName).isPresent()
        && INSIDE.stream()
            .anyMatch(Compression.nameWithout(fileName).toLowerCase(Locale.ROOT)::endsWith);
  }

  @Override
  public void check(DataSplit split, Configuration hadoop) throws IOException {
    DataFiles.status(split.set().uri(), hadoop);
  }

  @Override
  public String stamp(DataSplit split, ScanJobs jobs) throws IOException {
    return Shards.stamp(files(split.set(), jobs.hadoop()));
  }

  @Override
  public SampleIndexBuilder list(DataSplit split, boolean withContents, ScanJobs jobs)
      throws DataSetException {
    throw new DataSetException(
        split
            + " is compressed, and samples are read by offset: train and pack read a copy that they"
            + " decompress; for everything else make a packed copy first (convoy pack)");
  }

  /** The files of a compressed data set: itself, or all in its folder and the folders in it. */
  static List<FileStatus> files(DataSet set, Configuration hadoop) throws IOException {
    FileStatus root = DataFiles.status(set.uri(), hadoop);
    if (root.isFile()) {
      return List.of(root);
    }
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus each : visible(root.getPath(), hadoop)) {
      if (each.isDirectory()) {
        visible(each.getPath(), hadoop).stream().filter(FileStatus::isFile).forEach(files::add);
      } else {
        files.add(each);
      }
    }
    files.sort(Comparator.comparing(each -> each.getPath().toString()));
    return files;
  }

  private static List<FileStatus> visible(Path folder, Configuration hadoop) throws IOException {
    List<FileStatus> entries = new ArrayList<>();
    for (FileStatus each : folder.getFileSystem(hadoop).listStatus(folder)) {
      if (!ImageNames.isHidden(each.getPath().getName())) {
        entries.add(each);
      }
    }
    return entries;
  }
}
