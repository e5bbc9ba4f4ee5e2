package org.convoy.driver.packing;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.convoy.driver.data.SampleIndex;

/**
 * A tar to write: the samples {@code first} to {@code end - 1} of a split.
 *
 * @param folder of the split in the destination; empty for the destination itself
 * @param name of the file
 */
record Shard(String folder, String name, int first, int end) implements Serializable {

  /**
   * Cuts a split into shards. A shard ends with the sample that fills it.
   *
   * @param bytes of the samples in a shard
   */
  static List<Shard> cut(SampleIndex index, String folder, long bytes) {
    List<Integer> ends = new ArrayList<>();
    long filled = 0;
    for (int sample = 0; sample < index.count(); sample++) {
      filled += index.length(sample);
      if (filled >= bytes || sample == index.count() - 1) {
        ends.add(sample + 1);
        filled = 0;
      }
    }
    int digits = Math.max(5, Integer.toString(ends.size() - 1).length());
    String prefix = folder.isEmpty() ? "part" : folder;
    List<Shard> shards = new ArrayList<>();
    int first = 0;
    for (int end : ends) {
      String name = String.format(Locale.ROOT, "%s-%0" + digits + "d.tar", prefix, shards.size());
      shards.add(new Shard(folder, name, first, end));
      first = end;
    }
    return shards;
  }

  /** Its place in the destination. */
  String path() {
    return inFolder(name);
  }

  /** A place beside it that no reader takes for a shard. */
  String beside(String attempt) {
    return inFolder("." + name + "." + attempt);
  }

  private String inFolder(String file) {
    return folder.isEmpty() ? file : folder + "/" + file;
  }
}
