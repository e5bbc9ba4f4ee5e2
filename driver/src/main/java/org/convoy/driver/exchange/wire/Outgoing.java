package org.convoy.driver.exchange.wire;

import java.nio.ByteBuffer;

/**
 * A frame of data to send. The payload's memory must not change until it has been sent, other than
 * by its preparation.
 *
 * @param operation number of the exchange operation since the mesh was opened
 * @param item position of the frame among those for its receiver in the operation
 * @param preparation writes the payload. A network thread runs it right before it sends the frame.
 */
public record Outgoing(int operation, int item, ByteBuffer payload, Runnable preparation) {

  /** A frame whose payload is ready. */
  public Outgoing(int operation, int item, ByteBuffer payload) {
    this(operation, item, payload, () -> {});
  }

  Frame frame() {
    return new Frame(Frame.DATA, operation, item, payload.remaining());
  }
}
