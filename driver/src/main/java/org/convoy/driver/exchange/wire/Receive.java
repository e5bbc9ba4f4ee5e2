package org.convoy.driver.exchange.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * The place for a peer's next frame. The training thread posts it; the network thread fills it,
 * without a copy where possible, and then {@link #done} is true.
 */
public final class Receive {

  /** The most bytes of a frame whose length is not known beforehand. */
  public static final int MAX_OPEN_BYTES = 256 << 20;

  private final int operation;
  private final int item;
  private final String what;
  private ByteBuffer target;
  private final boolean open;
  private final Runnable arrival;
  private volatile boolean done;

  private Receive(
      int operation, int item, String what, ByteBuffer target, boolean open, Runnable arrival) {
    this.operation = operation;
    this.item = item;
    this.what = what;
    this.target = target;
    this.open = open;
    this.arrival = arrival;
  }

  /** Expects exactly the bytes that {@code target} has room for. */
  public static Receive into(int operation, int item, String what, ByteBuffer target) {
    return into(operation, item, what, target, () -> {});
  }

  /**
   * Expects exactly the bytes that {@code target} has room for, and uses them at once.
   *
   * @param arrival is run by the network thread when they have come. Only then they count as
   *     received.
   */
  public static Receive into(
      int operation, int item, String what, ByteBuffer target, Runnable arrival) {
    return new Receive(operation, item, what, target, false, arrival);
  }

  /** Expects a frame of any length. Its memory is allocated when its header has come. */
  public static Receive open(int operation, int item, String what) {
    return new Receive(operation, item, what, ByteBuffer.allocate(0), true, () -> {});
  }

  /** What is awaited, for messages. */
  String what() {
    return what + " of operation " + operation;
  }

  /** Returns whether the frame is the expected one, and prepares the target. */
  boolean accept(Frame frame) {
    if (frame.operation() != operation || frame.item() != item) {
      return false;
    }
    if (open && frame.length() >= 0 && frame.length() <= MAX_OPEN_BYTES) {
      target = ByteBuffer.allocate(frame.length());
    }
    return frame.length() == target.remaining();
  }

  String expected() {
    return "item "
        + item
        + " of operation "
        + operation
        + " ("
        + what
        + ", "
        + (open ? "any" : Integer.toString(target.capacity()))
        + " bytes)";
  }

  int missing() {
    return target.remaining();
  }

  /** Takes from {@code in} as many bytes as it still needs. */
  int take(ByteBuf in) {
    int count = Math.min(in.readableBytes(), target.remaining());
    int limit = target.limit();
    target.limit(target.position() + count);
    in.readBytes(target);
    target.limit(limit);
    return count;
  }

  /** The memory that is still to be filled, for the socket to read into. */
  ByteBuffer rest() {
    return target.slice();
  }

  boolean direct() {
    return target.isDirect();
  }

  /** Counts bytes that the socket wrote into {@link #rest}. */
  void filled(int count) {
    target.position(target.position() + count);
  }

  void finish() {
    arrival.run();
    done = true;
  }

  boolean done() {
    return done;
  }

  /** The payload, once {@link #done}. */
  ByteBuffer payload() {
    return target.duplicate().flip();
  }
}
