package org.convoy.driver.data;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The file with the samples of one shard, which is read in pages.
 *
 * <p>Big-endian: magic "CVIP", format version, number of samples (int each), offset of the classes
 * (long); for each sample offset (long), length, class (int each), check (long), end of its name
 * (int); the names; the classes (int count, then int length and UTF-8 each). A sample's class is a
 * number in this list.
 */
final class IndexPart implements AutoCloseable {
  /** Samples in a page. */
  static final int PAGE = 256;

  private static final int MAGIC = 0x43564950;
  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 20;
  private static final int SAMPLE_BYTES = 28;

  private final String file;
  private final FSDataInputStream in;
  private final int count;
  private final long classesAt;

  private IndexPart(String file, FSDataInputStream in) throws IOException {
    this.file = file;
    this.in = in;
    byte[] bytes = new byte[HEAD_BYTES];
    in.readFully(0, bytes);
    ByteBuffer head = ByteBuffer.wrap(bytes);
    if (head.getInt() != MAGIC || head.getInt() != VERSION) {
      throw new IOException(file + ": expected a part of an index of version " + VERSION);
    }
    this.count = head.getInt();
    this.classesAt = head.getLong();
  }

  /** Neighbouring samples. */
  @SuppressWarnings("ArrayRecordComponent") // It is never compared or changed.
  record Page(
      int[] labels, long[] offsets, int[] lengths, long[] checks, int[] nameEnds, byte[] names) {
    String name(int place) {
      int start = place == 0 ? 0 : nameEnds[place - 1];
      return new String(names, start, nameEnds[place] - start, StandardCharsets.UTF_8);
    }
  }

  /** Receives the samples of a shard in their order. */
  interface Samples {
    void sample(long offset, int length, int classNumber, long check, byte[] name)
        throws IOException;
  }

  /** Passes on the samples of a shard. */
  @FunctionalInterface
  interface Source {
    void forEach(Samples samples) throws IOException;
  }

  /** Writes a file under a name beside its place, and renames it. */
  static void write(
      String file, int count, List<String> classes, Source source, Configuration hadoop)
      throws IOException {
    Path place = new Path(file);
    Path beside = new Path(place.getParent(), "." + place.getName() + ".part");
    FileSystem files = DataFiles.plain(place, hadoop);
    try (OutputStream stream = files.create(beside, true);
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream, 1 << 16))) {
      long[] nameBytes = new long[1];
      source.forEach((offset, length, label, check, name) -> nameBytes[0] += name.length);
      out.writeInt(MAGIC);
      out.writeInt(VERSION);
      out.writeInt(count);
      out.writeLong(HEAD_BYTES + (long) SAMPLE_BYTES * count + nameBytes[0]);
      int[] end = new int[1];
      source.forEach(
          (offset, length, label, check, name) -> {
            out.writeLong(offset);
            out.writeInt(length);
            out.writeInt(label);
            out.writeLong(check);
            end[0] = Math.addExact(end[0], name.length);
            out.writeInt(end[0]);
          });
      source.forEach((offset, length, label, check, name) -> out.write(name));
      out.writeInt(classes.size());
      for (String name : classes) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
      }
    }
    files.delete(place, false);
    if (!files.rename(beside, place)) {
      throw new IOException("index " + beside + " could not be renamed to " + place.getName());
    }
  }

  static IndexPart open(String file, Configuration hadoop) throws IOException {
    FSDataInputStream in = DataFiles.openUnchecked(new Path(file), hadoop);
    boolean done = false;
    try {
      IndexPart part = new IndexPart(file, in);
      done = true;
      return part;
    } finally {
      if (!done) {
        in.close();
      }
    }
  }

  /** The classes of the shard. */
  List<String> classes() throws IOException {
    in.seek(classesAt);
    DataInputStream data = new DataInputStream(in);
    List<String> classes = new ArrayList<>();
    for (int left = data.readInt(); left > 0; left--) {
      int length = data.readInt();
      if (length < 0 || length > in.available()) {
        throw new IOException(file + " is damaged: a class of " + length + " bytes");
      }
      classes.add(new String(data.readNBytes(length), StandardCharsets.UTF_8));
    }
    return classes;
  }

  /**
   * Reads a page.
   *
   * @param labels the label of each of the shard's classes
   */
  Page page(int number, int[] labels) throws IOException {
    int first = number * PAGE;
    int size = Math.min(PAGE, count - first);
    int before = first == 0 ? 0 : 1; // The sample before says where the first name begins.
    byte[] bytes = new byte[SAMPLE_BYTES * (size + before)];
    in.readFully(HEAD_BYTES + (long) SAMPLE_BYTES * (first - before), bytes);
    DataInputStream data = new DataInputStream(new ByteArrayInputStream(bytes));
    int namesFrom = 0;
    if (before > 0) {
      data.skipNBytes(SAMPLE_BYTES - Integer.BYTES);
      namesFrom = data.readInt();
    }
    Page page =
        new Page(
            new int[size],
            new long[size],
            new int[size],
            new long[size],
            new int[size],
            new byte[0]);
    for (int i = 0; i < size; i++) {
      page.offsets()[i] = data.readLong();
      page.lengths()[i] = data.readInt();
      int label = data.readInt();
      if (label < 0 || label >= labels.length) {
        throw new IOException(file + " is damaged: class " + label + " of " + labels.length);
      }
      page.labels()[i] = labels[label];
      page.checks()[i] = data.readLong();
      page.nameEnds()[i] = data.readInt() - namesFrom;
    }
    int nameBytes = page.nameEnds()[size - 1];
    long namesAt = HEAD_BYTES + (long) SAMPLE_BYTES * count;
    if (nameBytes < 0 || namesAt + namesFrom + nameBytes > classesAt) {
      throw new IOException(file + " is damaged: names of " + nameBytes + " bytes");
    }
    byte[] names = new byte[nameBytes];
    in.readFully(namesAt + namesFrom, names);
    return new Page(
        page.labels(), page.offsets(), page.lengths(), page.checks(), page.nameEnds(), names);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
