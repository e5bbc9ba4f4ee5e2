package org.convoy.driver.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Columns in files: an {@link IndexPart} for each shard of the data set. What is held, and sent to
 * executors, is the list of shards. Samples are read in pages of neighbours, of which the last ones
 * used are kept. So no process holds all samples.
 */
final class PagedColumns implements SampleColumns {
  private static final long serialVersionUID = 1L;

  private final PagedHead head;
  private final int[] firsts;
  private final HashMap<String, String> settings = new HashMap<>();
  private transient @Nullable IndexPages pages;

  PagedColumns(PagedHead head, Configuration hadoop) {
    this.head = head;
    this.firsts = head.firsts();
    hadoop.forEach(setting -> settings.put(setting.getKey(), setting.getValue()));
  }

  /** The files, opened by the process that reads them. */
  private synchronized IndexPages pages() {
    if (pages == null) {
      Configuration hadoop = new Configuration(false);
      settings.forEach(hadoop::set);
      pages = new IndexPages(head, hadoop);
    }
    return pages;
  }

  private int part(int sample) {
    int at = Arrays.binarySearch(firsts, sample);
    if (at < 0) {
      return -at - 2;
    }
    while (firsts[at + 1] == sample) {
      at++; // Shards without samples.
    }
    return at;
  }

  private long key(int sample) {
    int part = part(sample);
    return IndexPages.key(part, sample - firsts[part]);
  }

  private IndexPart.Page page(int sample) {
    return pages().page(key(sample));
  }

  private int place(int sample) {
    return (sample - firsts[part(sample)]) % IndexPart.PAGE;
  }

  @Override
  public void load(int[] samples) {
    pages().load(IntStream.of(samples).mapToLong(this::key));
  }

  @Override
  public int count() {
    return firsts[firsts.length - 1];
  }

  @Override
  public int label(int sample) {
    return page(sample).labels()[place(sample)];
  }

  @Override
  public int[] labels() {
    return pages().labels(firsts);
  }

  @Override
  public int location(int sample) {
    return part(sample);
  }

  @Override
  public String base(int sample) {
    return head.parts().get(part(sample)).uri();
  }

  @Override
  public String pixels(int sample) {
    return RawPixels.NONE;
  }

  @Override
  public long offset(int sample) {
    return page(sample).offsets()[place(sample)];
  }

  @Override
  public int length(int sample) {
    return page(sample).lengths()[place(sample)];
  }

  @Override
  public long check(int sample) {
    return page(sample).checks()[place(sample)];
  }

  @Override
  public String name(int sample) {
    return page(sample).name(place(sample));
  }

  @Override
  public long totalBytes() {
    return head.parts().stream().mapToLong(PagedHead.Part::bytes).sum();
  }

  @Override
  public long[] classCounts(int classes) {
    return head.classCounts().stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public String fingerprint(String[] classes, LabelColumn labels) {
    return PagedHead.digest(List.of(classes), head.parts(), PagedHead.Part::names);
  }

  @Override
  public String contentDigest() {
    return PagedHead.digest(List.of(), head.parts(), PagedHead.Part::contents);
  }
}
