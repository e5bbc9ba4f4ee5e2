package org.convoy.driver.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * The pages of an index in files, as one process reads them. The last ones used are kept.
 * Thread-safe; different pages are read at the same time.
 */
final class IndexPages {
  /** With names of 30 bytes 8,000 pages, twice the windows of 64 lanes. */
  private static final long PAGE_BYTES = 32L << 20;

  /** What stands before the pages of 3,500 shards of a thousand classes. */
  private static final long LAYOUT_BYTES = 16L << 20;

  /** Pages that are read at the same time. They wait for storage and not for a processor. */
  private static final int READERS = 16;

  private static final long IDLE_SECONDS = 10;

  private final PagedHead head;
  private final Configuration hadoop;
  private final Map<String, Integer> labels = new HashMap<>();
  private final ReadCache<Integer, IndexPart.Layout> layouts = new ReadCache<>(LAYOUT_BYTES);
  private final ReadCache<Long, IndexPart.Page> pages = new ReadCache<>(PAGE_BYTES);
  private final ThreadPoolExecutor readers =
      new ThreadPoolExecutor(
          READERS, READERS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), reader());

  IndexPages(PagedHead head, Configuration hadoop) {
    this.head = head;
    this.hadoop = hadoop;
    for (String name : head.found()) {
      labels.put(name, labels.size());
    }
    readers.allowCoreThreadTimeOut(true);
  }

  private static ThreadFactory reader() {
    return work -> {
      Thread thread = new Thread(work, "convoy-index-pages");
      thread.setDaemon(true);
      return thread;
    };
  }

  /** The key of the page with a sample. */
  static long key(int part, int inPart) {
    return (long) part << Integer.SIZE | inPart / IndexPart.PAGE;
  }

  /**
   * A page.
   *
   * @throws UncheckedIOException if it cannot be read
   */
  IndexPart.Page page(long key) {
    int part = (int) (key >> Integer.SIZE);
    return read(
        () -> pages.get(key, page -> open(part, (file, is) -> file.page(is, page.intValue()))));
  }

  /** Reads from an open part. */
  @FunctionalInterface
  private interface Read<T> {
    T of(IndexPart file, IndexPart.Layout layout) throws IOException;
  }

  private <T> T open(int part, Read<T> read) throws IOException {
    String name = head.file(part);
    return Retries.of(
        name,
        () -> {
          try (IndexPart file = IndexPart.open(name, hadoop)) {
            return read.of(
                file, layouts.get(part, same -> file.layout(each -> head.labels(each, labels))));
          }
        });
  }

  private <T> T read(Retries.Read<T> read) {
    try {
      return read.read();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the index of " + head.title() + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Reads the pages that are not kept, several at the same time. */
  void load(LongStream keys) {
    await(keys.distinct().filter(key -> !pages.has(key)).mapToObj(key -> () -> page(key)));
  }

  /**
   * The labels of all samples. Several parts are read at the same time.
   *
   * @param firsts the first sample of each part, and at the end their number
   */
  int[] labels(int[] firsts) {
    int[] all = new int[firsts[firsts.length - 1]];
    await(
        IntStream.range(0, firsts.length - 1)
            .<Runnable>mapToObj(
                part ->
                    () -> {
                      int[] some = read(() -> open(part, IndexPart::labels));
                      System.arraycopy(some, 0, all, firsts[part], some.length);
                    }));
    return all;
  }

  private void await(Stream<Runnable> work) {
    List<Future<?>> running = new ArrayList<>();
    work.forEach(each -> running.add(readers.submit(each)));
    try {
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UncheckedIOException unread) {
        throw unread;
      }
      throw new IllegalStateException("the index of " + head.title() + " cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(
          new InterruptedIOException("interrupted while an index is read"));
    } finally {
      running.forEach(each -> each.cancel(false)); // What is done stays done.
    }
  }
}
