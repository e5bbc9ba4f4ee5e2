package org.convoy.driver.training;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/**
 * The local file system, under the scheme {@code gated}, on which nobody creates a file while the
 * gate is closed, and nobody at all once it is broken.
 */
public final class GatedFiles extends RawLocalFileSystem {
  private static final String SCHEME = "gated";
  private static volatile CountDownLatch gate = new CountDownLatch(0);
  private static volatile boolean broken;

  /** Settings by which the file system is found. */
  static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.set("fs." + SCHEME + ".impl", GatedFiles.class.getName());
    return configuration;
  }

  static String uri(java.nio.file.Path path) {
    return SCHEME + "://" + path;
  }

  static void shut() {
    gate = new CountDownLatch(1);
  }

  static void open() {
    broken = false;
    gate.countDown();
  }

  /** Opens the gate, but whoever comes through fails. */
  static void breakDown() {
    broken = true;
    gate.countDown();
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      @Nullable Progressable progress)
      throws IOException {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IOException("interrupted at the gate", e);
    }
    if (broken) {
      throw new IOException("the disk is gone");
    }
    return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
  }
}
