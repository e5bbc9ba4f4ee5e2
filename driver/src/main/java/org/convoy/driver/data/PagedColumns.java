package org.convoy.driver.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Columns in files: an {@link IndexPart} for each shard of the data set. What is held, and sent to
 * executors, is the list of shards. Samples are read in pages of neighbours, of which the last ones
 * used are kept. So no process holds all samples.
 */
final class PagedColumns implements SampleColumns {
  private static final long serialVersionUID = 1L;

  /** Pages that are kept: with names of 30 bytes about 32 MiB. */
  private static final int PAGES = 2048;

  private final PagedHead head;
  private final int[] firsts;
  private final HashMap<String, String> settings = new HashMap<>();
  private transient @Nullable Reader reader;

  PagedColumns(PagedHead head, Configuration hadoop) {
    this.head = head;
    this.firsts = head.firsts();
    hadoop.forEach(setting -> settings.put(setting.getKey(), setting.getValue()));
  }

  /** The files, opened by the process that reads them. */
  private static final class Reader {
    private final Configuration hadoop = new Configuration(false);
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<Integer, int[]> labelsOfParts = kept(PAGES / 4);
    private final Map<Long, IndexPart.Page> pages = kept(PAGES);

    private static <K, V> Map<K, V> kept(int most) {
      return new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
          return size() > most;
        }
      };
    }
  }

  private synchronized Reader reader() {
    if (reader == null) {
      reader = new Reader();
      settings.forEach(reader.hadoop::set);
      for (String name : head.found()) {
        reader.labels.put(name, reader.labels.size());
      }
    }
    return reader;
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

  private IndexPart.Page page(int part, int inPart) {
    Reader files = reader();
    int number = inPart / IndexPart.PAGE;
    long key = (long) part << Integer.SIZE | number;
    synchronized (files) {
      IndexPart.Page page = files.pages.get(key);
      if (page == null) {
        page = read(files, part, number);
        files.pages.put(key, page);
      }
      return page;
    }
  }

  private IndexPart.Page read(Reader files, int part, int number) {
    try (IndexPart open = IndexPart.open(head.file(part), files.hadoop)) {
      int[] labels = files.labelsOfParts.get(part);
      if (labels == null) {
        labels = head.labels(open.classes(), files.labels);
        files.labelsOfParts.put(part, labels);
      }
      return open.page(number, labels);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the index of " + head.title() + " cannot be read: " + e.getMessage(), e);
    }
  }

  private IndexPart.Page page(int sample) {
    int part = part(sample);
    return page(part, sample - firsts[part]);
  }

  private int place(int sample) {
    return (sample - firsts[part(sample)]) % IndexPart.PAGE;
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
