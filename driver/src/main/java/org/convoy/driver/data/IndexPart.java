package org.convoy.driver.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * An open file with the samples of one shard, which is read in pages of neighbours. A page is one
 * read, and so is what stands before the pages, unless the shard has thousands of classes.
 *
 * <p>Big-endian: magic "CVIP", format version, number of samples, number of classes, position of
 * the first page (int each); the classes (int length and UTF-8 each); the end of each page (long);
 * the pages. A page has for each sample offset (long), length, class (int each), check (long), end
 * of its name in the page (int); then the names. A sample's class is a number in the list of
 * classes. {@link IndexPartWriter} writes it.
 */
final class IndexPart implements AutoCloseable {
  /** Samples in a page. */
  static final int PAGE = 64;

  static final int MAGIC = 0x43564950;
  static final int VERSION = 2;
  static final int HEAD_BYTES = 20;
  static final int SAMPLE_BYTES = 28;

  /** The first read. A shard of a thousand classes has less than this before its pages. */
  private static final int FIRST_READ = 32 << 10;

  /** The most that stands before the pages, and in a page, of a file that is not damaged. */
  private static final int MOST_BYTES = 1 << 26;

  private final String file;
  private final FSDataInputStream in;

  private IndexPart(String file, FSDataInputStream in) {
    this.file = file;
    this.in = in;
  }

  /** Gives the classes of a shard, which are named, their labels. */
  @FunctionalInterface
  interface Labels {
    int[] of(List<String> classes) throws IOException;
  }

  /**
   * What stands before the pages.
   *
   * @param labels the label of each of the shard's classes
   * @param ends the position of the first page, and of the end of each page
   */
  @SuppressWarnings("ArrayRecordComponent") // It is never compared or changed.
  record Layout(int count, int[] labels, long[] ends) implements ReadCache.Sized {
    @Override
    public long bytes() {
      return 64 + 4L * labels.length + 8L * ends.length;
    }
  }

  /** Neighbouring samples. */
  @SuppressWarnings("ArrayRecordComponent") // It is never compared or changed.
  record Page(
      int[] labels, long[] offsets, int[] lengths, long[] checks, int[] nameEnds, byte[] names)
      implements ReadCache.Sized {
    String name(int place) {
      int start = place == 0 ? 0 : nameEnds[place - 1];
      return new String(names, start, nameEnds[place] - start, StandardCharsets.UTF_8);
    }

    @Override
    public long bytes() {
      return 160 + 28L * labels.length + names.length;
    }
  }

  static IndexPart open(String file, Configuration hadoop) throws IOException {
    return new IndexPart(file, DataFiles.openForPages(new Path(file), hadoop));
  }

  /**
   * Reads what stands before the pages.
   *
   * @throws DataSetException if the file is not a part of an index, or is damaged
   */
  Layout layout(Labels labels) throws IOException {
    ByteBuffer head = ByteBuffer.wrap(before(FIRST_READ));
    if (head.remaining() < HEAD_BYTES || head.getInt() != MAGIC || head.getInt() != VERSION) {
      throw new DataSetException(file + ": expected a part of an index of version " + VERSION);
    }
    int count = head.getInt();
    int classCount = head.getInt();
    int pagesAt = head.getInt();
    int pages = -Math.floorDiv(-count, PAGE);
    if (count < 0
        || classCount < 0
        || HEAD_BYTES + 4L * classCount + 8L * pages > pagesAt
        || pagesAt > MOST_BYTES) {
      throw damaged(count + " samples and " + classCount + " classes, and pages from " + pagesAt);
    }
    if (pagesAt > head.capacity()) {
      head = ByteBuffer.wrap(before(pagesAt)).position(HEAD_BYTES);
    }
    String[] classes = new String[classCount];
    long[] ends = new long[1 + pages];
    ends[0] = pagesAt;
    try {
      for (int i = 0; i < classes.length; i++) {
        byte[] name = new byte[sized(head.getInt(), head.remaining(), "bytes of a class")];
        head.get(name);
        classes[i] = new String(name, StandardCharsets.UTF_8);
      }
      for (int i = 1; i < ends.length; i++) {
        ends[i] = head.getLong();
        sized(ends[i] - ends[i - 1], MOST_BYTES, "bytes of a page");
      }
    } catch (BufferUnderflowException e) {
      throw damaged("it ends before its pages", e);
    }
    return new Layout(count, labels.of(List.of(classes)), ends);
  }

  /** Reads a page. */
  Page page(Layout layout, int number) throws IOException {
    return page(layout, number, bytes(layout, number, number + 1));
  }

  /** Reads the labels of all samples at once. */
  int[] labels(Layout layout) throws IOException {
    int pages = layout.ends().length - 1;
    ByteBuffer all = bytes(layout, 0, pages);
    int[] labels = new int[layout.count()];
    for (int number = 0; number < pages; number++) {
      int[] some = page(layout, number, all).labels();
      System.arraycopy(some, 0, labels, number * PAGE, some.length);
    }
    return labels;
  }

  private ByteBuffer bytes(Layout layout, int from, int end) throws IOException {
    long length = layout.ends()[end] - layout.ends()[from];
    byte[] bytes = new byte[sized(length, Integer.MAX_VALUE - 8, "bytes of pages")];
    try {
      in.readFully(layout.ends()[from], bytes);
    } catch (EOFException e) {
      throw damaged("it ends before its last page", e);
    }
    return ByteBuffer.wrap(bytes);
  }

  /** The page that stands at the buffer's position, which moves behind it. */
  private Page page(Layout layout, int number, ByteBuffer from) throws IOException {
    int size = Math.min(PAGE, layout.count() - number * PAGE);
    int length = (int) (layout.ends()[number + 1] - layout.ends()[number]);
    byte[] names = new byte[sized(length - SAMPLE_BYTES * size, length, "bytes of names")];
    Page page =
        new Page(
            new int[size], new long[size], new int[size], new long[size], new int[size], names);
    int nameEnd = 0;
    for (int i = 0; i < size; i++) {
      page.offsets()[i] = from.getLong();
      page.lengths()[i] = from.getInt();
      int classNumber = from.getInt();
      if (classNumber < 0 || classNumber >= layout.labels().length) {
        throw damaged("class " + classNumber + " of " + layout.labels().length);
      }
      page.labels()[i] = layout.labels()[classNumber];
      page.checks()[i] = from.getLong();
      page.nameEnds()[i] = from.getInt();
      if (page.nameEnds()[i] < nameEnd || page.nameEnds()[i] > names.length) {
        throw damaged("a name ends at " + page.nameEnds()[i] + " of " + names.length);
      }
      nameEnd = page.nameEnds()[i];
    }
    from.get(names);
    return page;
  }

  /** The first bytes of the file, fewer if it is shorter. */
  private byte[] before(int end) throws IOException {
    byte[] bytes = new byte[end];
    int got = 0;
    while (got < end) {
      int more = in.read(got, bytes, got, end - got);
      if (more < 0) {
        return Arrays.copyOf(bytes, got);
      }
      got += more;
    }
    return bytes;
  }

  private int sized(long number, int most, String what) throws IOException {
    if (number < 0 || number > most) {
      throw damaged(number + " " + what);
    }
    return (int) number;
  }

  private DataSetException damaged(String why) {
    return new DataSetException(file + " is damaged: " + why);
  }

  private DataSetException damaged(String why, Throwable cause) {
    return new DataSetException(file + " is damaged: " + why, cause);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
