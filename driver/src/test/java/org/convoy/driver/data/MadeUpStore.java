package org.convoy.driver.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * A store of images that exist only by name, {@code made-up:/data/train/class-0007/0000042.jpg}:
 * folders of classes, each with as many images. It counts what it is asked.
 */
public final class MadeUpStore extends RawLocalFileSystem {
  static final String SCHEME = "made-up";
  static final AtomicInteger CLASSES_LISTED = new AtomicInteger();
  static final AtomicInteger OPENED = new AtomicInteger();
  static final int LENGTH = 20_000;

  private static final AtomicInteger OPEN = new AtomicInteger();
  private static final AtomicInteger MOST_OPEN = new AtomicInteger();
  private static volatile int classes;
  private static volatile int perClass;
  private static volatile int requestMillis;

  /**
   * Makes it known to a configuration.
   *
   * @param requestMillis that a request takes
   */
  static void install(Configuration hadoop, int classes, int perClass, int requestMillis) {
    hadoop.set("fs." + SCHEME + ".impl", MadeUpStore.class.getName());
    MadeUpStore.classes = classes;
    MadeUpStore.perClass = perClass;
    MadeUpStore.requestMillis = requestMillis;
    CLASSES_LISTED.set(0);
    OPENED.set(0);
    MOST_OPEN.set(0);
  }

  /** The most files that were open at the same time. */
  static int mostOpen() {
    return MOST_OPEN.get();
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    int depth = path.depth();
    if (depth <= 2 && !path.toUri().getPath().matches("(/data(/train)?)?/?")) {
      throw new FileNotFoundException(path.toString());
    }
    return status(path);
  }

  private FileStatus status(Path path) {
    boolean isFolder = path.depth() <= 3;
    return new FileStatus(isFolder ? 0 : LENGTH, isFolder, 1, 1 << 20, 1, makeQualified(path));
  }

  @Override
  public FileStatus[] listStatus(Path folder) throws IOException {
    request();
    int depth = folder.depth();
    if (depth > 2) {
      CLASSES_LISTED.incrementAndGet();
    }
    int count = depth == 1 ? 1 : depth == 2 ? classes : perClass;
    FileStatus[] found = new FileStatus[count];
    for (int i = 0; i < count; i++) {
      found[i] = status(new Path(folder, name(depth, i)));
    }
    return found;
  }

  private static String name(int depth, int i) {
    String number = Integer.toString(10_000_000 + i);
    return depth == 1 ? "train" : depth == 2 ? "class-" + number : number + ".jpg";
  }

  @Override
  public FSDataInputStream open(Path path, int buffer) throws IOException {
    OPENED.incrementAndGet();
    MOST_OPEN.accumulateAndGet(OPEN.incrementAndGet(), Math::max);
    request();
    return new FSDataInputStream(new MadeUp(path.getName().hashCode()));
  }

  private static void request() throws IOException {
    try {
      Thread.sleep(requestMillis);
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  /** Bytes that follow from the name. */
  private static final class MadeUp extends FSInputStream {
    private final int first;
    private long position;

    MadeUp(int first) {
      this.first = first;
    }

    @Override
    public int read(long from, byte[] into, int offset, int length) throws IOException {
      request();
      for (int i = 0; i < length; i++) {
        into[offset + i] = (byte) (first + from + i);
      }
      return length;
    }

    @Override
    public int read() {
      return (int) (first + position++) & 0xff;
    }

    @Override
    public void seek(long to) {
      position = to;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public boolean seekToNewSource(long target) {
      return false;
    }

    @Override
    public void close() {
      OPEN.decrementAndGet();
    }
  }
}
