package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A format whose splits are files that are listed independently of each other, {@link Shards} says
 * which. Classes are often numbers there. If all of them are, they are ordered as numbers, and a
 * file {@code classes.txt} in the data set's folder, with the name of class 0 in its first line,
 * may give them names.
 */
abstract class ShardedFormat implements SplitFormat {

  /**
   * A file to list.
   *
   * @param uri where it is
   * @param name its name
   * @param length in bytes
   */
  record Shard(String uri, String name, long length) implements Serializable {
    private static Shard of(FileStatus status) {
      return new Shard(status.getPath().toString(), status.getPath().getName(), status.getLen());
    }
  }

  /** Lists one file; sent to the executor that does it. */
  @FunctionalInterface
  interface Scan extends Serializable {
    /**
     * @param withContents whether each image gets its {@link ContentCheck}
     * @throws DataSetException if the file is damaged; the message has name and offset
     */
    void scan(Shard shard, FSDataInputStream in, boolean withContents, SampleIndexBuilder found)
        throws IOException;
  }

  /** Whether a file of this name is of the format. */
  abstract boolean accepts(String fileName);

  /** How one file is listed. */
  abstract Scan scan();

  @Override
  public boolean reads(SourceFiles source) throws IOException {
    return source.isFolder() && source.holdsOnly(this::accepts);
  }

  @Override
  public void check(DataSplit split, Configuration hadoop) throws IOException {
    shards(split, hadoop);
  }

  @Override
  public String stamp(DataSplit split, ScanJobs jobs) throws IOException {
    return Shards.stamp(shards(split, jobs.hadoop()));
  }

  @Override
  public SampleIndexBuilder list(DataSplit split, boolean withContents, ScanJobs jobs)
      throws IOException {
    Scan scan = scan();
    List<Shard> shards = shards(split, jobs.hadoop()).stream().map(Shard::of).toList();
    SampleIndexBuilder all = new SampleIndexBuilder();
    for (SampleIndexBuilder part :
        jobs.map(
            "Listing " + split,
            shards,
            (shard, hadoop) -> {
              SampleIndexBuilder found = new SampleIndexBuilder();
              try (FSDataInputStream in = DataFiles.open(new Path(shard.uri()), hadoop)) {
                scan.scan(shard, in, withContents, found);
              }
              return found;
            })) {
      all.addAll(part);
    }
    ClassNames.name(all.classes(), split, jobs.hadoop());
    return all;
  }

  /**
   * Lists every shard into a file of its own.
   *
   * @param folder for the files
   */
  final PagedListing listInFiles(DataSplit split, String folder, ScanJobs jobs) throws IOException {
    List<Shard> shards = shards(split, jobs.hadoop()).stream().map(Shard::of).toList();
    return PagedListing.of(split, shards, scan(), folder, jobs);
  }

  private List<FileStatus> shards(DataSplit split, Configuration hadoop) throws IOException {
    return Shards.of(split, this::accepts, description(), hadoop);
  }
}
