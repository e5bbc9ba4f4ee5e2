package org.convoy.driver.exchange.wire;

import java.nio.ByteBuffer;

/**
 * A frame of data to send. The payload's memory must not change until it has been sent.
 *
 * @param operation number of the exchange operation since the mesh was opened
 * @param item position of the frame among those for its receiver in the operation
 */
public record Outgoing(int operation, int item, ByteBuffer payload) {

  Frame frame() {
    return new Frame(Frame.DATA, operation, item, payload.remaining());
  }
}
