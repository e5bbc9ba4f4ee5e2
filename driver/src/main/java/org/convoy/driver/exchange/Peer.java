package org.convoy.driver.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.CharsetUtil;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Another executor, and the connection to it: the last handler of the channel's pipeline.
 *
 * <p>Frames arrive in the order in which the training thread posts receives for them; a frame that
 * does not fit its receive ends the exchange. If a frame comes before its receive, the connection
 * is not read further until there is one, so a peer that runs ahead costs no memory here. Fields
 * under "network thread" belong to the channel's event loop.
 */
final class Peer extends ChannelInboundHandlerAdapter implements ReadBuffers.Lender {

  static final String NAME = "exchange";
  private static final long LAST_WORDS_MILLIS = 1000;

  /** A frame on its way out. The payload's memory stays the sender's until it has been sent. */
  record Outgoing(Frame frame, ByteBuffer payload) {}

  private enum State {
    HEADER,
    PAYLOAD,
    REASON,
    STARVED,
    DEAF
  }

  private final Mesh mesh;
  private final Address address;
  private final Channel channel;
  private final int longestWrite;
  private final Queue<Receive> posted = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unsent = new AtomicInteger();
  private volatile boolean ready;
  private volatile boolean starved;
  private volatile boolean left;
  private volatile boolean deaf;
  private volatile long lastProgress = System.nanoTime();

  // Network thread.
  private final ByteBuf header = Unpooled.buffer(Frame.HEADER_BYTES, Frame.HEADER_BYTES);
  private final Deque<ByteBuf> held = new ArrayDeque<>();
  private State state = State.HEADER;
  private Frame frame = new Frame(Frame.READY, 0, 0, 0);
  private Receive current = Receive.open(0, 0, "nothing");
  private ByteBuf lent = Unpooled.EMPTY_BUFFER;
  private boolean clear;

  /**
   * A peer at the end of a channel.
   *
   * @param longestWrite the most bytes that the channel's cipher takes in one buffer
   */
  Peer(Mesh mesh, Address address, Channel channel, int longestWrite) {
    this.mesh = mesh;
    this.address = address;
    this.channel = channel;
    this.longestWrite = longestWrite;
  }

  Address address() {
    return address;
  }

  boolean ready() {
    return ready;
  }

  /** When bytes last moved either way, by {@link System#nanoTime}. */
  long lastProgress() {
    return lastProgress;
  }

  /** Frames given to {@link #send} whose memory is still in use. */
  int unsent() {
    return unsent.get();
  }

  /** Whether no memory that was posted or sent is in use any more, nor ever will be. */
  boolean quiet() {
    return deaf && unsent.get() == 0;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    // Ciphers that Spark has put before this handler pass on other buffers than the socket filled.
    clear = channel.pipeline().firstContext() == context;
    if (channel.config().getRecvByteBufAllocator() instanceof ReadBuffers buffers) {
      buffers.lender(this);
    }
  }

  /** Tells the callee that this side has changed over to frames, so it may send. */
  void sayReady() {
    ready = true;
    channel.writeAndFlush(Frame.ready());
  }

  /** Sends frames in order, after all frames before them. Returns at once. */
  void send(List<Outgoing> frames) {
    unsent.addAndGet(frames.size());
    channel.eventLoop().execute(() -> write(frames));
  }

  private void write(List<Outgoing> frames) {
    for (Outgoing outgoing : frames) {
      channel.write(outgoing.frame().encode());
      ByteBuf payload = Unpooled.wrappedBuffer(outgoing.payload());
      while (payload.readableBytes() > longestWrite) {
        channel.write(payload.readRetainedSlice(longestWrite));
      }
      channel
          .write(payload)
          .addListener(
              sent -> {
                unsent.decrementAndGet();
                if (sent.isSuccess()) {
                  lastProgress = System.nanoTime();
                  mesh.countSent(Frame.HEADER_BYTES + outgoing.frame().length());
                } else {
                  lost("took no more bytes (" + sent.cause() + ")");
                }
              });
    }
    channel.flush();
  }

  /** Says where the next frame that has no place yet is to go. */
  void post(Receive receive) {
    posted.add(receive);
    if (left) {
      lost("has left, but " + receive.what() + " is to come");
    } else if (starved) {
      channel.eventLoop().execute(this::resume);
    }
  }

  @Override
  public Optional<ByteBuf> lend() {
    if (!clear || state != State.PAYLOAD || !current.direct() || !held.isEmpty()) {
      return Optional.empty();
    }
    lent = Unpooled.wrappedBuffer(current.rest()).clear();
    return Optional.of(lent);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    lastProgress = System.nanoTime();
    mesh.countReceived(in.readableBytes());
    if (state == State.DEAF) {
      in.release();
    } else if (in == lent) {
      lent = Unpooled.EMPTY_BUFFER;
      current.filled(in.readableBytes());
      in.release();
      finishIfFull();
    } else if (state == State.STARVED || !consume(in)) {
      held.add(in);
    } else {
      in.release();
    }
  }

  /** Works through received bytes; false if there are more of them than places to put them. */
  private boolean consume(ByteBuf in) {
    while (in.isReadable()) {
      if (state == State.DEAF) {
        return true;
      } else if (state == State.STARVED) {
        return false;
      } else if (state == State.HEADER) {
        in.readBytes(header, Math.min(header.writableBytes(), in.readableBytes()));
        if (!header.isWritable()) {
          frame = Frame.decode(header);
          header.clear();
          begin();
        }
      } else {
        current.take(in);
        finishIfFull();
      }
    }
    return true;
  }

  private void begin() {
    switch (frame.kind()) {
      case Frame.DATA -> place();
      case Frame.READY -> {
        ready = true;
        mesh.changed();
      }
      case Frame.BYE -> {
        left = true;
        Optional.ofNullable(posted.peek())
            .ifPresent(next -> lost("left before it delivered " + next.what()));
      }
      case Frame.ABORT -> {
        int bytes = Math.max(0, Math.min(frame.length(), Frame.MAX_REASON));
        current = Receive.into(0, 0, "reason", ByteBuffer.allocate(bytes));
        state = State.REASON;
        finishIfFull();
      }
      default -> {
        state = State.DEAF;
        lost("sent a frame of unknown kind " + Integer.toHexString(frame.kind()));
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
      lost(
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
      mesh.aborted(this, frame.item(), reason);
    } else {
      state = State.HEADER;
      current.finish();
      mesh.changed();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    held.forEach(ByteBuf::release);
    held.clear();
    if (left && posted.isEmpty() && unsent.get() == 0) {
      return;
    }
    String waited =
        Optional.ofNullable(posted.peek()).map(next -> ", " + next.what() + " was next").orElse("");
    lost("closed its connection" + waited);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    lost("broke its connection: " + cause);
    context.close();
  }

  private void lost(String how) {
    mesh.lost(address, how);
  }

  /** Says why there will be no more, and closes. */
  void abort(int rank, String reason) {
    lastWords(Frame.abort(rank, reason));
  }

  /** Says that all is done, and closes. */
  void bye() {
    lastWords(Frame.bye());
  }

  /**
   * Ends this side's half of the connection behind the words, and drops whatever still comes until
   * the peer ends its own. To close at once would reset the connection if there were bytes unread,
   * and a reset can overtake the words.
   */
  private void lastWords(ByteBuf words) {
    channel.eventLoop().execute(() -> speakLast(words));
  }

  private void speakLast(ByteBuf words) {
    state = State.DEAF;
    deaf = true;
    held.forEach(ByteBuf::release);
    held.clear();
    channel.config().setAutoRead(true);
    channel.writeAndFlush(words).addListener(written -> ((DuplexChannel) channel).shutdownOutput());
    channel.eventLoop().schedule(() -> channel.close(), LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
  }

  Channel channel() {
    return channel;
  }
}
