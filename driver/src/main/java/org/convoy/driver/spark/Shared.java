package org.convoy.driver.spark;

import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;

/**
 * A value that is sent to every executor once, whatever the number of its tasks. Tasks hold a
 * reference to it; the driver closes it.
 *
 * @param <T> must be serialisable
 */
public final class Shared<T> implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1L;

  private final Broadcast<T> broadcast;

  Shared(Broadcast<T> broadcast) {
    this.broadcast = broadcast;
  }

  /** The value. An executor fetches it at the first call. */
  public T value() {
    return broadcast.value();
  }

  /** Removes it from all executors. */
  @Override
  public void close() {
    broadcast.destroy();
  }
}
