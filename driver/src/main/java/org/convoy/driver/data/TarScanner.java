package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.OptionalLong;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * Walks the headers of a tar and skips the contents between them.
 *
 * <p>Reads POSIX ustar, pax extended headers (path, linkpath, size) and GNU long names and base-256
 * sizes. Continues after end-of-archive blocks if another tar follows, as after {@code cat}. If an
 * entry is longer than the read window, its content is skipped by a seek and not read. Not
 * thread-safe; the caller keeps the stream.
 */
final class TarScanner {

  /** The end of a walk that met bytes after the end of the archive that are not a tar. */
  static final long END_OF_ARCHIVE = Long.MAX_VALUE;

  private static final int BLOCK = TarHeader.BLOCK;

  /**
   * Contents up to this size are read, because a seek costs more. Then this many bytes are fetched
   * at a time.
   */
  private static final int NEAR = 1 << 14;

  private static final int WIDE = 1 << 18;

  /**
   * Bytes fetched at the end of longer contents: the end of the content, the next header, and a
   * long name with it or the start of its content.
   */
  private static final int NARROW = 1 << 12;

  /** Limit for long names and pax records, which are read as a whole. */
  private static final long MAX_EXTENSION = 1 << 20;

  private final String uri;
  private final FSDataInputStream in;
  private final long length;
  private final byte[] window = new byte[WIDE];
  private long windowStart;
  private int windowLength;

  /** Makes a scanner from the tar's name for messages, the open tar, and its length in bytes. */
  TarScanner(String uri, FSDataInputStream in, long length) {
    this.uri = uri;
    this.in = in;
    this.length = length;
  }

  /**
   * Receives each entry in the order of the tar. Paths are relative and have no slash at the end.
   */
  interface Visitor {
    void folder(String path);

    void file(String path, long offset, long length, Check check) throws IOException;

    /**
     * A hard or symbolic link.
     *
     * @param target target path in the tar, empty if it leads out of the tar
     * @param offset offset of its header
     */
    void link(String path, String target, long offset);

    /** A device or another special entry. */
    void other(String path);

    /** An entry whose name is not UTF-8; bytes beyond ASCII are written as \\xf4. */
    void unreadable(String path) throws DataSetException;

    /** Bytes after the end of the archive that are not a tar. */
    void afterTheEnd(long offset, long bytes);
  }

  /** Reads the {@link ContentCheck} of the entry that is being visited. */
  @FunctionalInterface
  interface Check {
    long read() throws IOException;
  }

  /**
   * The position of a walk.
   *
   * @param at start of the next entry, or {@link #END_OF_ARCHIVE}
   * @param isClosed whether the last block was an end-of-archive block
   */
  record Position(long at, boolean isClosed) implements Serializable {}

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
   * Visits the entries that begin before a position.
   *
   * @param from start of the walk, and whether an end-of-archive block is just before it
   * @throws DataSetException if the tar is damaged, contains a sparse file, or is truncated; the
   *     message has the offset, the expected and the actual bytes
   */
  Position walk(Position from, long until, Visitor visitor) throws IOException {
    long at = from.at();
    boolean isClosed = from.isClosed();
    while (at < until) {
      if (isClosed && !headerFollows(at)) {
        long next = afterZeros(at, until);
        if (next >= until || headerFollows(next)) {
          at = next;
          continue;
        }
        if (next < length) {
          visitor.afterTheEnd(next, length - next);
        }
        return new Position(END_OF_ARCHIVE, true);
      }
      TarHeader header = header(at);
      isClosed = header.isEnd();
      at = isClosed ? at + BLOCK : entry(at, visitor);
    }
    return new Position(at, isClosed);
  }

  private boolean headerFollows(long at) throws IOException {
    if (at + BLOCK > length) {
      return false;
    }
    int start = fetch(at, BLOCK);
    return !TarHeader.isZero(window, start) && TarHeader.checksumHolds(window, start);
  }

  /** The first block that is not all zeros, or {@code until}, or the end of the file. */
  private long afterZeros(long from, long until) throws IOException {
    long at = from;
    while (at < until) {
      int bytes = (int) Math.min(BLOCK, length - at);
      int start = fetch(at, bytes);
      for (int i = start; i < start + bytes; i++) {
        if (window[i] != 0) {
          return at;
        }
      }
      at += bytes;
    }
    return at;
  }

  /** Reads one entry with the extension headers before it. Returns the start of the next entry. */
  private long entry(long from, Visitor visitor) throws IOException {
    long at = from;
    EntryName longName = EntryName.EMPTY;
    EntryName longTarget = EntryName.EMPTY;
    OptionalLong longSize = OptionalLong.empty();
    while (true) {
      TarHeader header = header(at);
      if (header.isEnd()) {
        return at;
      }
      long size = header.isExtension() ? header.size() : longSize.orElse(header.size());
      EntryName name = longName.text().isEmpty() ? header.name() : longName;
      long data = at + BLOCK;
      requireBytes(name.text(), data, size);
      if (!header.isExtension()) {
        EntryName target = longTarget.text().isEmpty() ? header.target() : longTarget;
        visit(visitor, header, name, target, data, size);
        return data + padded(size);
      }
      at = data + padded(size);
      if (header.type() == TarHeader.GNU_LONG_NAME) {
        longName = EntryName.of(extension(data, size), 0, (int) size);
      } else if (header.type() == TarHeader.GNU_LONG_TARGET) {
        longTarget = EntryName.of(extension(data, size), 0, (int) size);
      } else if (header.type() == TarHeader.PAX) {
        PaxRecords records = PaxRecords.parse(extension(data, size), uri, data);
        longName = records.path().orElse(longName);
        longTarget = records.target().orElse(longTarget);
        longSize = records.size().isPresent() ? records.size() : longSize;
      }
    }
  }

  private static long padded(long size) {
    return (size + BLOCK - 1) / BLOCK * BLOCK;
  }

  private void visit(
      Visitor visitor, TarHeader header, EntryName name, EntryName target, long data, long size)
      throws IOException {
    String path = DataSplit.normalise(name.text());
    if (header.type() == TarHeader.GNU_SPARSE) {
      throw PaxRecords.sparse(uri, data);
    }
    if (!name.isUtf8()) {
      visitor.unreadable(path);
    } else if (header.isFolder(name.text())) {
      visitor.folder(path);
    } else if (header.isFile()) {
      visitor.file(path, data, size, () -> check(data, size));
    } else if (header.isLink()) {
      boolean isSymbolic = header.type() == TarHeader.SYMBOLIC_LINK;
      visitor.link(path, TarLinks.target(path, target.text(), isSymbolic), data - BLOCK);
    } else {
      visitor.other(path);
    }
  }

  /** Fetches the last bytes together with the next header. */
  private long check(long data, long size) throws IOException {
    return ContentCheck.of(
        bytes(data, ContentCheck.firstBytes(size)),
        bytes(data + size - ContentCheck.lastBytes(size), ContentCheck.lastBytes(size)));
  }

  private byte[] bytes(long at, int count) throws IOException {
    int start = fetch(at, count);
    return Arrays.copyOfRange(window, start, start + count);
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

  /** Ensures that the window contains the bytes. Returns their position in the window. */
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
