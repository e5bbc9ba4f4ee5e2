package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A listing of shards into files. A task lists some shards one after the other and writes each into
 * a file. Only counts, digests and classes come to the driver.
 */
final class PagedListing {
  /** Tasks for each that can run at the same time, so that all end at about the same time. */
  private static final int TASKS = 16;

  private final ClassTable classes = new ClassTable();
  private final Map<String, Long> counts = new HashMap<>();
  private final List<PagedHead.Part> parts = new ArrayList<>();
  private final LeftOutFiles leftOut = new LeftOutFiles();

  private PagedListing() {}

  /** Shards that follow each other. */
  private record Group(int first, ArrayList<ShardedFormat.Shard> shards) implements Serializable {}

  private record Found(
      ArrayList<PagedHead.Part> parts,
      ClassTable classes,
      HashMap<String, Long> counts,
      LeftOutFiles leftOut)
      implements Serializable {}

  static PagedListing of(
      DataSplit split,
      List<ShardedFormat.Shard> shards,
      ShardedFormat.Scan scan,
      String folder,
      ScanJobs jobs)
      throws IOException {
    FileSystem files = DataFiles.plain(new Path(folder), jobs.hadoop());
    files.delete(new Path(folder), true);
    files.mkdirs(new Path(folder));
    int size = Math.max(1, shards.size() / (TASKS * jobs.parallelism()));
    List<Group> groups = new ArrayList<>();
    for (int first = 0; first < shards.size(); first += size) {
      int end = Math.min(shards.size(), first + size);
      groups.add(new Group(first, new ArrayList<>(shards.subList(first, end))));
    }
    PagedListing all = new PagedListing();
    for (Found found :
        jobs.map(
            "Listing " + split, groups, (group, hadoop) -> list(group, scan, folder, hadoop))) {
      all.parts.addAll(found.parts());
      all.classes.addAll(found.classes());
      found.counts().forEach((name, count) -> all.counts.merge(name, count, Long::sum));
      all.leftOut.addAll(found.leftOut());
    }
    return all;
  }

  private static Found list(
      Group group, ShardedFormat.Scan scan, String folder, Configuration hadoop)
      throws IOException {
    Found all = new Found(new ArrayList<>(), new ClassTable(), new HashMap<>(), new LeftOutFiles());
    for (int i = 0; i < group.shards().size(); i++) {
      ShardedFormat.Shard shard = group.shards().get(i);
      SampleIndexBuilder found = new SampleIndexBuilder();
      try (FSDataInputStream in = DataFiles.open(new Path(shard.uri()), hadoop)) {
        scan.scan(shard, in, true, found);
      }
      String file = PagedHead.file(folder, group.first() + i);
      all.parts().add(found.writePart(file, shard.uri(), hadoop));
      all.classes().addAll(found.classes());
      found.countsByClass().forEach((name, count) -> all.counts().merge(name, count, Long::sum));
      all.leftOut().addAll(found.leftOut());
    }
    return all;
  }

  LeftOutFiles leftOut() {
    return leftOut;
  }

  /**
   * The head of the index.
   *
   * @throws DataSetException if there is no sample, or a class has no name
   */
  PagedHead head(DataSplit split, String stamp, String folder, Configuration hadoop)
      throws IOException {
    if (classes.names().isEmpty()) {
      throw new DataSetException("no samples found in " + split);
    }
    List<String> byNumber = List.copyOf(classes.names());
    ClassNames.name(classes, split, hadoop);
    int[] labels = classes.labels();
    String[] names = classes.inOrder();
    String[] found = names.clone(); // A class without samples has no other name.
    for (int number = 0; number < byNumber.size(); number++) {
      found[labels[number]] = byNumber.get(number);
    }
    List<Long> inOrder = new ArrayList<>();
    for (String name : found) {
      inOrder.add(counts.getOrDefault(name, 0L));
    }
    return new PagedHead(
        PagedHead.VERSION,
        stamp,
        split.toString(),
        folder,
        List.of(names),
        List.of(found),
        inOrder,
        leftOut.count(),
        parts);
  }
}
