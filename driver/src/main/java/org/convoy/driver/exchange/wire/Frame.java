package org.convoy.driver.exchange.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.CharsetUtil;

/**
 * The header of a frame, 16 bytes, big-endian: kind, operation, item, payload bytes. The payload
 * follows as it lies in memory.
 *
 * @param kind one of the kinds below
 * @param operation number of the exchange operation since the mesh was opened, the same on all
 *     ranks
 * @param item position of this frame among those that its sender sends to its receiver in the
 *     operation; in an {@link #ABORT}, the rank that was lost
 * @param length bytes of payload
 */
record Frame(int kind, int operation, int item, int length) {

  static final int HEADER_BYTES = 16;

  /** The caller of a new connection sends frames from now on. */
  static final int READY = 0x43560001;

  /** Payload for a posted {@link Receive}. */
  static final int DATA = 0x43560002;

  /** The sender has finished and closes the connection. Nothing follows. */
  static final int BYE = 0x43560003;

  /** The sender gives up. The payload states the reason. Nothing follows. */
  static final int ABORT = 0x43560004;

  /** The sender waits for an executor. That it says so is all that counts. */
  static final int WAITING = 0x43560005;

  /** The longest reason in an {@link #ABORT}, in bytes. */
  static final int MAX_REASON = 4096;

  ByteBuf encode() {
    return Unpooled.buffer(HEADER_BYTES)
        .writeInt(kind)
        .writeInt(operation)
        .writeInt(item)
        .writeInt(length);
  }

  static Frame decode(ByteBuf header) {
    return new Frame(header.readInt(), header.readInt(), header.readInt(), header.readInt());
  }

  static ByteBuf bye() {
    return new Frame(BYE, 0, 0, 0).encode();
  }

  static ByteBuf ready() {
    return new Frame(READY, 0, 0, 0).encode();
  }

  static ByteBuf waiting() {
    return new Frame(WAITING, 0, 0, 0).encode();
  }

  static ByteBuf abort(int rank, String reason) {
    String shortened = reason.substring(0, Math.min(reason.length(), MAX_REASON / 4));
    ByteBuf text = Unpooled.copiedBuffer(shortened, CharsetUtil.UTF_8);
    return Unpooled.wrappedBuffer(new Frame(ABORT, 0, rank, text.readableBytes()).encode(), text);
  }
}
