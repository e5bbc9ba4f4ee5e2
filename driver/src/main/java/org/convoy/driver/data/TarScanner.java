package org.convoy.driver.data;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * Walks the headers of a tar and skips what lies between them.
 *
 * <p>Reads POSIX ustar, pax extended headers (path, size) and GNU long names and base-256 sizes.
 * Contents are sought past, not read, where an entry is longer than the window that headers are
 * read through. Not thread-safe; the stream stays the caller's.
 */
final class TarScanner {

  /** Where a walk ended that met the end-of-archive block. */
  static final long END_OF_ARCHIVE = Long.MAX_VALUE;

  private static final int BLOCK = TarHeader.BLOCK;

  /**
   * Contents up to this size are read through, as a seek costs more; then this much is fetched at a
   * time.
   */
  private static final int NEAR = 1 << 14;

  private static final int WIDE = 1 << 18;

  /** Bytes fetched at the end of longer contents: the next header, and a long name with it. */
  private static final int NARROW = 1 << 11;

  /** Long names and pax records are read whole; more than this is no name. */
  private static final long MAX_EXTENSION = 1 << 20;

  private final String uri;
  private final FSDataInputStream in;
  private final long length;
  private final byte[] window = new byte[WIDE];
  private long windowStart;
  private int windowLength;

  /** Takes the tar's name for messages, the open tar, and its length in bytes. */
  TarScanner(String uri, FSDataInputStream in, long length) {
    this.uri = uri;
    this.in = in;
    this.length = length;
  }

  /** Told of each entry in the tar's order. Paths are relative and have no slash at the end. */
  interface Visitor {
    void folder(String path);

    void file(String path, long offset, long length) throws DataSetException;

    /** A link, device or the like. */
    void other(String path);
  }

  /**
   * The first block in [from, until) that looks like a header, or {@code until}. {@code from} is a
   * multiple of 512.
   */
  long nextHeader(long from, long until) throws IOException {
    for (long at = from; at < until && at + BLOCK <= length; at += BLOCK) {
      if (TarHeader.looksLike(window, fetch(at, BLOCK))) {
        return at;
      }
    }
    return until;
  }

  /**
   * Visits the entries that begin in [from, until).
   *
   * @return where the next entry begins, or {@link #END_OF_ARCHIVE}
   * @throws DataSetException if the tar is damaged, holds a sparse file, or is cut short, with the
   *     offset, the bytes expected and those there
   */
  long walk(long from, long until, Visitor visitor) throws IOException {
    long at = from;
    while (at < until) {
      at = entry(at, visitor);
    }
    return at;
  }

  /** One entry with the extension headers before it. */
  private long entry(long from, Visitor visitor) throws IOException {
    long at = from;
    Optional<String> longName = Optional.empty();
    OptionalLong longSize = OptionalLong.empty();
    while (true) {
      TarHeader header = header(at);
      if (header.isEnd()) {
        return END_OF_ARCHIVE;
      }
      long size = header.isExtension() ? header.size() : longSize.orElse(header.size());
      String name = longName.orElse(header.name());
      long data = at + BLOCK;
      requireBytes(name, data, size);
      at = data + (size + BLOCK - 1) / BLOCK * BLOCK;
      if (!header.isExtension()) {
        visit(visitor, header, name, data, size);
        return at;
      }
      if (header.type() == TarHeader.GNU_LONG_NAME) {
        longName = Optional.of(TarHeader.text(extension(data, size), 0, (int) size));
      } else if (header.type() == TarHeader.PAX) {
        PaxRecords records = PaxRecords.parse(extension(data, size), uri, data);
        longName = records.path().isPresent() ? records.path() : longName;
        longSize = records.size().isPresent() ? records.size() : longSize;
      }
    }
  }

  private void visit(Visitor visitor, TarHeader header, String name, long data, long size)
      throws DataSetException {
    String path = DataSplit.normalise(name);
    if (header.type() == TarHeader.GNU_SPARSE) {
      throw PaxRecords.sparse(uri, data);
    }
    if (header.isFolder(name)) {
      visitor.folder(path);
    } else if (header.isFile()) {
      visitor.file(path, data, size);
    } else {
      visitor.other(path);
    }
  }

  private TarHeader header(long at) throws IOException {
    if (at + BLOCK > length) {
      throw new DataSetException(
          "tar "
              + uri
              + " is cut short: expected a header of "
              + BLOCK
              + " bytes or the"
              + " end-of-archive block at offset "
              + at
              + ", got "
              + Math.max(0, length - at)
              + " bytes");
    }
    return TarHeader.parse(window, fetch(at, BLOCK), uri, at);
  }

  private void requireBytes(String name, long data, long size) throws DataSetException {
    if (size > length - data) {
      throw new DataSetException(
          "tar "
              + uri
              + " is cut short: entry "
              + name
              + " at offset "
              + data
              + " expected "
              + size
              + " bytes, got "
              + Math.max(0, length - data));
    }
  }

  private byte[] extension(long data, long size) throws IOException {
    if (size > MAX_EXTENSION) {
      throw new DataSetException(
          "tar " + uri + " is damaged: a name of " + size + " bytes at offset " + data);
    }
    int start = fetch(data, (int) Math.min(size, WIDE));
    if (size <= WIDE) {
      return Arrays.copyOfRange(window, start, start + (int) size);
    }
    byte[] bytes = new byte[(int) size];
    in.readFully(data, bytes);
    return bytes;
  }

  /** Makes sure the window holds the bytes; returns where in the window they begin. */
  private int fetch(long at, int bytes) throws IOException {
    if (at < windowStart || at + bytes > windowStart + windowLength) {
      boolean near = at >= windowStart && at - (windowStart + windowLength) < NEAR;
      int want = (int) Math.min(length - at, Math.max(bytes, near ? WIDE : NARROW));
      windowLength = 0;
      in.seek(at);
      in.readFully(window, 0, want);
      windowStart = at;
      windowLength = want;
    }
    return (int) (at - windowStart);
  }
}
