package org.convoy.driver.data;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.StorageStatistics;

/**
 * Bytes that this process read from file systems that know where their bytes are, as HDFS does. On
 * HDFS the client reads the replica that is nearest. Local file systems and object stores count
 * nothing here.
 *
 * @param local bytes that were on the host of this process
 * @param all bytes at any distance
 */
public record ReadDistances(long local, long all) implements Serializable {
  private static final String LOCAL = "bytesReadLocalHost";

  /** The counters of Hadoop's file systems, by steps in the network from host to host. */
  private static final List<String> DISTANCES =
      List.of(
          LOCAL,
          "bytesReadDistanceOfOneOrTwo",
          "bytesReadDistanceOfThreeOrFour",
          "bytesReadDistanceOfFiveOrLarger");

  /** What was read since the process began. */
  public static ReadDistances now() {
    long local = 0;
    long all = 0;
    Iterator<StorageStatistics> each = FileSystem.getGlobalStorageStatistics().iterator();
    while (each.hasNext()) {
      StorageStatistics counters = each.next();
      local += count(counters, LOCAL);
      all += DISTANCES.stream().mapToLong(distance -> count(counters, distance)).sum();
    }
    return new ReadDistances(local, all);
  }

  private static long count(StorageStatistics counters, String name) {
    return Stream.ofNullable(counters.getLong(name)).findFirst().orElse(0L);
  }

  /** What was read after an earlier count. */
  public ReadDistances since(ReadDistances earlier) {
    return new ReadDistances(local - earlier.local, all - earlier.all);
  }

  /** What several processes read. */
  public static ReadDistances sum(List<ReadDistances> each) {
    return new ReadDistances(
        each.stream().mapToLong(ReadDistances::local).sum(),
        each.stream().mapToLong(ReadDistances::all).sum());
  }

  /** The share of the local bytes, from 0 to 1, NaN if nothing was counted. */
  public double localShare() {
    return all == 0 ? Double.NaN : (double) local / all;
  }
}
