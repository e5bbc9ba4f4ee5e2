package org.convoy.driver.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The local file system as {@code faulty:}, with faults, and with counts of what it is asked. */
public final class FaultyFiles extends RawLocalFileSystem {
  /** Reads that will fail. */
  static final AtomicInteger FAILURES = new AtomicInteger();

  static final AtomicInteger OPENED = new AtomicInteger();
  static final AtomicInteger READS = new AtomicInteger();

  /** Bytes that were read. */
  static final AtomicLong READ = new AtomicLong();

  private static final AtomicBoolean ALONE = new AtomicBoolean();
  private static volatile int mostPerRead;
  private static final Map<String, Integer> OPENINGS = new ConcurrentHashMap<>();

  private static volatile String near = "";
  private static volatile String fragile = "";
  private static volatile int lasts = Integer.MAX_VALUE;
  private static volatile CountDownLatch together = new CountDownLatch(0);

  /** Makes it known to a configuration, without faults. */
  public static void install(Configuration hadoop) {
    hadoop.set("fs.faulty.impl", FaultyFiles.class.getName());
    FAILURES.set(0);
    mostPerRead(Integer.MAX_VALUE);
    near("");
    vanish("", Integer.MAX_VALUE);
    ALONE.set(false);
    together = new CountDownLatch(0);
  }

  /** A store that gives so many bytes at a time. */
  static void mostPerRead(int bytes) {
    mostPerRead = bytes;
  }

  /** Files with this text in their path are on this host, all others four steps away. */
  public static void near(String text) {
    near = text;
  }

  /** Files with this text in their path are gone when they were opened so often, from now on. */
  public static void vanish(String text, int openings) {
    OPENINGS.clear();
    fragile = text;
    lasts = openings;
  }

  /** The next reads wait until so many are under way. */
  static void together(int reads) {
    together = new CountDownLatch(reads);
  }

  /** Whether a read waited in vain for others. */
  static boolean wasAlone() {
    return ALONE.get();
  }

  @Override
  public URI getUri() {
    return URI.create("faulty:///");
  }

  @Override
  public FSDataInputStream open(Path path, int buffer) throws IOException {
    OPENED.incrementAndGet();
    if (path.toString().contains(fragile)
        && OPENINGS.merge(path.toString(), 1, Integer::sum) > lasts) {
      throw new FileNotFoundException(path + " is gone");
    }
    int distance = path.toString().contains(near) ? 0 : 4;
    return new FSDataInputStream(new FaultyStream(super.open(path, buffer), distance));
  }

  private final class FaultyStream extends FSInputStream {
    private final FSDataInputStream in;
    private final int distance;

    FaultyStream(FSDataInputStream in, int distance) {
      this.in = in;
      this.distance = distance;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      READS.incrementAndGet();
      waitForOthers();
      if (FAILURES.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new IOException("connection reset");
      }
      int got = in.read(into, from, Math.min(length, mostPerRead));
      READ.addAndGet(Math.max(0, got));
      statistics.incrementBytesReadByDistance(distance, Math.max(0, got));
      return got;
    }

    private static void waitForOthers() throws IOException {
      together.countDown();
      try {
        if (!together.await(10, TimeUnit.SECONDS)) {
          ALONE.set(true);
        }
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return in.getPos();
    }

    @Override
    public boolean seekToNewSource(long target) {
      return false;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
