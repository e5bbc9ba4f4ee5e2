package org.convoy.driver.exchange.wire;

/**
 * What an executor has exchanged since its mesh was opened.
 *
 * @param bytesSent bytes handed to the network, frame headers included, encryption not
 * @param bytesReceived bytes taken from the network, likewise
 * @param nanosWaited time the training thread spent blocked on other executors
 */
public record Traffic(long bytesSent, long bytesReceived, long nanosWaited) {

  /** What came after an earlier reading. */
  public Traffic since(Traffic earlier) {
    return new Traffic(
        bytesSent - earlier.bytesSent,
        bytesReceived - earlier.bytesReceived,
        nanosWaited - earlier.nanosWaited);
  }
}
