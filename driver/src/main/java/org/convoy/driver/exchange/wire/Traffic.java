package org.convoy.driver.exchange.wire;

/**
 * The amount that an executor has exchanged since its mesh was opened.
 *
 * @param bytesSent bytes given to the network, with frame headers, without encryption
 * @param bytesReceived bytes taken from the network, counted the same way
 * @param nanosWaited time the training thread spent blocked on other executors
 */
public record Traffic(long bytesSent, long bytesReceived, long nanosWaited) {

  /** The difference from an earlier reading. */
  public Traffic since(Traffic earlier) {
    return new Traffic(
        bytesSent - earlier.bytesSent,
        bytesReceived - earlier.bytesReceived,
        nanosWaited - earlier.nanosWaited);
  }
}
