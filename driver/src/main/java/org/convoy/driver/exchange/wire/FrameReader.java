package org.convoy.driver.exchange.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.CharsetUtil;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Writes the frames that a connection delivers into their receives.
 *
 * <p>Frames arrive in the order in which the training thread posts receives for them; a frame that
 * does not fit its receive is an error. If a frame comes before its receive, the reader stops
 * reading until the receive is posted, so a peer that runs ahead costs no memory here. Only {@link
 * #post}, {@link #next} and {@link #idle} may be called outside the channel's event loop.
 */
final class FrameReader implements ReadBuffers.Lender {

  /** Is told what the reader finds. Called in the channel's event loop. */
  interface Listener {

    /** The other side sends frames from now on. */
    void ready();

    /** A receive has its frame. */
    void delivered();

    /** This side could not use a frame. Nothing more is read. */
    void failed(String what, Throwable cause);

    /** The other side has finished. Nothing follows. */
    void left();

    /** The other side gives up. Nothing follows. */
    void aborted(int culprit, String reason);

    /** The bytes do not fit the protocol. Nothing more is read. */
    void wrong(String how);
  }

  private enum State {
    HEADER,
    PAYLOAD,
    REASON,
    STARVED,
    DEAF
  }

  private final Channel channel;
  private final Listener listener;
  private final Queue<Receive> posted = new ConcurrentLinkedQueue<>();
  private volatile boolean starved;

  // Network thread.
  private final ByteBuf header = Unpooled.buffer(Frame.HEADER_BYTES, Frame.HEADER_BYTES);
  private final Deque<ByteBuf> held = new ArrayDeque<>();
  private State state = State.HEADER;
  private Frame frame = new Frame(Frame.READY, 0, 0, 0);
  private Receive current = Receive.open(0, 0, "nothing");
  private ByteBuf lent = Unpooled.EMPTY_BUFFER;
  private boolean clear;

  FrameReader(Channel channel, Listener listener) {
    this.channel = channel;
    this.listener = listener;
  }

  /**
   * @param clear whether the buffers that the socket fills arrive here unchanged; ciphers pass on
   *     other buffers
   */
  void clear(boolean clear) {
    this.clear = clear;
  }

  /** Adds the place for the next frame that has none yet. May be called from any thread. */
  void post(Receive receive) {
    posted.add(receive);
    if (starved) {
      channel.eventLoop().execute(this::resume);
    }
  }

  /** The receive that waits for the next frame. */
  Optional<Receive> next() {
    return Optional.ofNullable(posted.peek());
  }

  /** Whether no byte of a receive's frame has come yet. */
  boolean awaits(Receive receive) {
    return posted.contains(receive);
  }

  /** Whether no receive waits. */
  boolean idle() {
    return posted.isEmpty();
  }

  /**
   * Lends the place of the header too. If a header were read into a larger buffer, its payload
   * would come with it, and have to be copied.
   */
  @Override
  public Optional<ByteBuf> lend() {
    if (!clear || !held.isEmpty()) {
      return Optional.empty();
    } else if (state == State.HEADER) {
      lent = Unpooled.wrappedBuffer(header.nioBuffer(header.writerIndex(), header.writableBytes()));
    } else if (state == State.PAYLOAD && current.direct()) {
      lent = Unpooled.wrappedBuffer(current.rest());
    } else {
      return Optional.empty();
    }
    return Optional.of(lent.clear());
  }

  /** Takes bytes that have come. The reader owns the buffer from now on. */
  void read(ByteBuf in) {
    if (state == State.DEAF) {
      in.release();
    } else if (in == lent) {
      int count = in.readableBytes();
      lent = Unpooled.EMPTY_BUFFER;
      in.release();
      if (state == State.HEADER) {
        header.writerIndex(header.writerIndex() + count);
        beginIfWhole();
      } else {
        current.filled(count);
        finishIfFull();
      }
    } else if (state == State.STARVED || !consume(in)) {
      held.add(in);
    } else {
      in.release();
    }
  }

  /** Processes received bytes; false if bytes are left that have no place yet. */
  private boolean consume(ByteBuf in) {
    while (in.isReadable()) {
      if (state == State.DEAF) {
        return true;
      } else if (state == State.STARVED) {
        return false;
      } else if (state == State.HEADER) {
        in.readBytes(header, Math.min(header.writableBytes(), in.readableBytes()));
        beginIfWhole();
      } else {
        current.take(in);
        finishIfFull();
      }
    }
    return true;
  }

  private void beginIfWhole() {
    if (!header.isWritable()) {
      frame = Frame.decode(header);
      header.clear();
      begin();
    }
  }

  private void begin() {
    switch (frame.kind()) {
      case Frame.DATA -> place();
      case Frame.READY -> listener.ready();
      case Frame.WAITING -> {
        // The bytes themselves are the sign of life.
      }
      case Frame.BYE -> listener.left();
      case Frame.ABORT -> {
        int bytes = Math.max(0, Math.min(frame.length(), Frame.MAX_REASON));
        current = Receive.into(0, 0, "reason", ByteBuffer.allocate(bytes));
        state = State.REASON;
        finishIfFull();
      }
      default -> {
        state = State.DEAF;
        listener.wrong("sent a frame of unknown kind " + Integer.toHexString(frame.kind()));
      }
    }
  }

  private void place() {
    Optional<Receive> next = Optional.ofNullable(posted.poll());
    if (next.isEmpty()) {
      starved = true;
      next = Optional.ofNullable(posted.poll());
      if (next.isEmpty()) {
        state = State.STARVED;
        channel.config().setAutoRead(false);
        return;
      }
      starved = false;
    }
    current = next.get();
    if (current.accept(frame)) {
      state = State.PAYLOAD;
      finishIfFull();
    } else {
      state = State.DEAF;
      listener.wrong(
          "is out of step: sent item "
              + frame.item()
              + " of operation "
              + frame.operation()
              + " with "
              + frame.length()
              + " bytes, expected was "
              + current.expected());
    }
  }

  private void resume() {
    if (state != State.STARVED || posted.isEmpty()) {
      return;
    }
    starved = false;
    place();
    while (state != State.STARVED && !held.isEmpty()) {
      ByteBuf in = held.peek();
      if (!consume(in)) {
        return;
      }
      held.remove().release();
    }
    if (state != State.STARVED) {
      channel.config().setAutoRead(true);
    }
  }

  private void finishIfFull() {
    if (current.missing() > 0) {
      return;
    }
    if (state == State.REASON) {
      String reason = CharsetUtil.UTF_8.decode(current.payload()).toString();
      state = State.DEAF;
      listener.aborted(frame.item(), reason);
    } else {
      state = State.HEADER;
      deliver();
    }
  }

  private void deliver() {
    try {
      current.finish();
    } catch (RuntimeException | Error e) {
      state = State.DEAF;
      listener.failed(current.what(), e);
      return;
    }
    listener.delivered();
  }

  /**
   * Drops the bytes that have come and all that follow, and keeps reading so that the other side
   * can end.
   */
  void close() {
    state = State.DEAF;
    release();
    channel.config().setAutoRead(true);
  }

  /** Releases the bytes that were held back. */
  void release() {
    held.forEach(ByteBuf::release);
    held.clear();
  }
}
