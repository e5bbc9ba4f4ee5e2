package org.convoy.driver.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a read that failed: connections to object stores and data nodes break. A file that is
 * gone is not asked for again.
 */
final class Retries {
  private static final Logger LOG = LoggerFactory.getLogger(Retries.class);
  private static final int ATTEMPTS = 4;
  private static final long FIRST_PAUSE_MILLIS = 100;

  private Retries() {}

  /** A read. Each attempt opens what it needs. */
  @FunctionalInterface
  interface Read<T> {
    T read() throws IOException;
  }

  /**
   * The result of the first attempt that does not fail.
   *
   * @param uri the file, for the log
   * @throws IOException of the last attempt
   */
  static <T> T of(String uri, Read<T> read) throws IOException {
    long pause = FIRST_PAUSE_MILLIS;
    for (int attempt = 1; ; attempt++) {
      try {
        return read.read();
      } catch (FileNotFoundException | DataSetException | InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        LOG.warn("Reading {} failed and is tried again in {} ms: {}", uri, pause, e.getMessage());
        sleep(pause);
        pause *= 4;
      }
    }
  }

  private static void sleep(long millis) throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a read waited to be tried again");
    }
  }
}
