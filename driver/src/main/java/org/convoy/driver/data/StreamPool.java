package org.convoy.driver.data;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * Open files that are lent to one thread at a time, so that no thread waits for the read of another
 * thread or closes its stream. The most recently returned files stay open, up to a number.
 */
final class StreamPool implements AutoCloseable {

  private final Configuration hadoop;
  private final int limit;
  private final Deque<Open> idle = new ArrayDeque<>();
  private boolean closed;

  private record Open(String uri, FSDataInputStream stream) {}

  StreamPool(Configuration hadoop, int limit) {
    this.hadoop = hadoop;
    this.limit = limit;
  }

  /**
   * Fills the array from an offset of the file.
   *
   * @return bytes read, fewer than requested if the file ends early
   */
  int read(String uri, long offset, byte[] into) throws IOException {
    return Retries.of(uri, () -> readOnce(uri, offset, into));
  }

  private int readOnce(String uri, long offset, byte[] into) throws IOException {
    Open open = borrow(uri);
    boolean done = false;
    try {
      int got = 0;
      while (got < into.length) {
        int more = open.stream().read(offset + got, into, got, into.length - got);
        if (more < 0) {
          break;
        }
        got += more;
      }
      done = true;
      giveBack(open);
      return got;
    } finally {
      if (!done) {
        open.stream().close();
      }
    }
  }

  /**
   * Reads a whole file that is expected to fill the array.
   *
   * @return bytes in the file: fewer than the array, as many, or one more for any longer file
   */
  long readFile(String uri, byte[] into) throws IOException {
    requireOpen();
    return Retries.of(
        uri,
        () -> {
          try (FSDataInputStream in = DataFiles.open(new Path(uri), hadoop)) {
            int got = in.readNBytes(into, 0, into.length);
            return got == into.length && in.read() >= 0 ? got + 1L : got;
          }
        });
  }

  @Override
  public void close() throws IOException {
    synchronized (idle) {
      closed = true;
      while (!idle.isEmpty()) {
        idle.pop().stream().close();
      }
    }
  }

  private void requireOpen() {
    synchronized (idle) {
      if (closed) {
        throw new IllegalStateException("the sample reader is closed");
      }
    }
  }

  private Open borrow(String uri) throws IOException {
    synchronized (idle) {
      requireOpen();
      for (Iterator<Open> each = idle.iterator(); each.hasNext(); ) {
        Open open = each.next();
        if (open.uri().equals(uri)) {
          each.remove();
          return open;
        }
      }
    }
    return new Open(uri, DataFiles.openForBlocks(new Path(uri), hadoop));
  }

  private void giveBack(Open open) throws IOException {
    Optional<Open> surplus = Optional.of(open);
    synchronized (idle) {
      if (!closed) {
        idle.push(open);
        surplus = idle.size() > limit ? Optional.of(idle.removeLast()) : Optional.empty();
      }
    }
    if (surplus.isPresent()) {
      surplus.get().stream().close();
    }
  }
}
