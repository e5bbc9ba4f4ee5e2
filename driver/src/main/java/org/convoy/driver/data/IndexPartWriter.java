package org.convoy.driver.data;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writes the samples of one shard as an {@link IndexPart}. */
final class IndexPartWriter {
  private final ByteBuffer rows = ByteBuffer.allocate(IndexPart.PAGE * IndexPart.SAMPLE_BYTES);
  private final ByteArrayOutputStream names = new ByteArrayOutputStream();
  private final DataOutputStream out;

  private IndexPartWriter(DataOutputStream out) {
    this.out = out;
  }

  /** Receives the samples of a shard in their order. */
  @FunctionalInterface
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
      before(out, count, classes, source);
      IndexPartWriter pages = new IndexPartWriter(out);
      source.forEach(pages::add);
      pages.endPage();
    }
    files.delete(place, false);
    if (!files.rename(beside, place)) {
      throw new IOException("index " + beside + " could not be renamed to " + place.getName());
    }
  }

  private static void before(DataOutputStream out, int count, List<String> classes, Source source)
      throws IOException {
    long[] ends = new long[-Math.floorDiv(-count, IndexPart.PAGE)];
    int[] met = new int[1];
    source.forEach(
        (offset, length, label, check, name) ->
            ends[met[0]++ / IndexPart.PAGE] += IndexPart.SAMPLE_BYTES + name.length);
    List<byte[]> encoded =
        classes.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toList();
    int pagesAt = IndexPart.HEAD_BYTES + Long.BYTES * ends.length;
    for (byte[] name : encoded) {
      pagesAt = Math.addExact(pagesAt, Integer.BYTES + name.length);
    }
    out.writeInt(IndexPart.MAGIC);
    out.writeInt(IndexPart.VERSION);
    out.writeInt(count);
    out.writeInt(classes.size());
    out.writeInt(pagesAt);
    for (byte[] name : encoded) {
      out.writeInt(name.length);
      out.write(name);
    }
    long end = pagesAt;
    for (long pageBytes : ends) {
      end += pageBytes;
      out.writeLong(end);
    }
  }

  private void add(long offset, int length, int classNumber, long check, byte[] name)
      throws IOException {
    names.write(name);
    rows.putLong(offset).putInt(length).putInt(classNumber).putLong(check).putInt(names.size());
    if (!rows.hasRemaining()) {
      endPage();
    }
  }

  private void endPage() throws IOException {
    out.write(rows.array(), 0, rows.position());
    names.writeTo(out);
    rows.clear();
    names.reset();
  }
}
