package org.convoy.driver.exchange.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Another executor, and the connection to it: the last handler of the channel's pipeline. It sends
 * frames and tells the mesh when the connection ends or fails. Its {@link FrameReader} handles
 * incoming bytes.
 */
final class Peer extends ChannelInboundHandlerAdapter implements FrameReader.Listener {

  static final String NAME = "exchange";
  private static final long LAST_WORDS_MILLIS = 1000;

  private final Mesh mesh;
  private final Address address;
  private final Channel channel;
  private final int longestWrite;
  private final FrameReader reader;
  private final AtomicInteger unsent = new AtomicInteger();
  private volatile boolean ready;
  private volatile boolean left;
  private volatile boolean deaf;
  private volatile long lastProgress = System.nanoTime();

  /**
   * Makes the peer at the end of a channel.
   *
   * @param longestWrite the most bytes that the channel's cipher takes in one buffer
   */
  Peer(Mesh mesh, Address address, Channel channel, int longestWrite) {
    this.mesh = mesh;
    this.address = address;
    this.channel = channel;
    this.longestWrite = longestWrite;
    this.reader = new FrameReader(channel, this);
  }

  Address address() {
    return address;
  }

  /** Whether the other side speaks frames. */
  boolean isReady() {
    return ready;
  }

  /** When bytes last moved in either direction, by {@link System#nanoTime}. */
  long lastProgress() {
    return lastProgress;
  }

  /** Frames given to {@link #send} whose memory is still in use. */
  int unsent() {
    return unsent.get();
  }

  /** Whether memory that was posted or sent is no longer in use, now and later. */
  boolean quiet() {
    return deaf && unsent.get() == 0;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    // Spark's ciphers stand before this handler and pass on other buffers than the socket filled.
    reader.clear(channel.pipeline().firstContext() == context);
    if (channel.config().getRecvByteBufAllocator() instanceof ReadBuffers buffers) {
      buffers.lender(reader);
    }
  }

  /** Tells the callee that this side reads frames from now on, so the callee may send. */
  void sayReady() {
    ready = true;
    channel.writeAndFlush(Frame.ready());
  }

  /** Tells the other side that this executor waits for another one, and so has nothing to send. */
  void sayWaiting() {
    channel.writeAndFlush(Frame.waiting());
  }

  /** Sends frames in order, after all frames before them. Returns at once. */
  void send(List<Outgoing> frames) {
    unsent.addAndGet(frames.size());
    channel.eventLoop().execute(() -> write(frames));
  }

  private void write(List<Outgoing> frames) {
    int left = frames.size();
    for (Outgoing outgoing : frames) {
      try {
        outgoing.preparation().run();
      } catch (RuntimeException | Error e) {
        unsent.addAndGet(-left);
        failed("a frame to send", e);
        return;
      }
      left--;
      Frame frame = outgoing.frame();
      channel.write(frame.encode());
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
                  mesh.countSent(Frame.HEADER_BYTES + frame.length());
                } else {
                  lost("took no more bytes (" + sent.cause() + ")");
                }
              });
      // The next frame is prepared while the network takes this one.
      channel.flush();
    }
  }

  /** Adds the place for the next frame that has none yet. */
  void post(Receive receive) {
    reader.post(receive);
    // Its frame may have come since, followed by the other side's goodbye.
    if (left && reader.awaits(receive)) {
      lost("has left, but " + receive.what() + " is to come");
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    lastProgress = System.nanoTime();
    mesh.countReceived(in.readableBytes());
    reader.read(in);
  }

  @Override
  public void ready() {
    ready = true;
    mesh.changed();
  }

  @Override
  public void delivered() {
    mesh.changed();
  }

  @Override
  public void failed(String what, Throwable cause) {
    mesh.failed(what, cause);
  }

  @Override
  public void left() {
    left = true;
    reader.next().ifPresent(next -> lost("left before it delivered " + next.what()));
  }

  @Override
  public void aborted(int culprit, String reason) {
    mesh.aborted(this, culprit, reason);
  }

  @Override
  public void wrong(String how) {
    lost(how);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    reader.release();
    if (left && reader.idle() && unsent.get() == 0) {
      return;
    }
    String waited = reader.next().map(next -> ", " + next.what() + " was next").orElse("");
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

  /** Sends the reason for giving up, and closes. */
  void abort(int rank, String reason) {
    lastWords(Frame.abort(rank, reason));
  }

  /** Sends goodbye, and closes. */
  void bye() {
    lastWords(Frame.bye());
  }

  /**
   * Ends this side's half of the connection after the last message, and drops all bytes until the
   * peer ends its half. An immediate close would reset the connection if there were unread bytes,
   * and the peer might see the reset before the message.
   */
  private void lastWords(ByteBuf words) {
    channel.eventLoop().execute(() -> speakLast(words));
  }

  private void speakLast(ByteBuf words) {
    reader.close();
    deaf = true;
    channel.writeAndFlush(words).addListener(written -> ((DuplexChannel) channel).shutdownOutput());
    channel.eventLoop().schedule(() -> channel.close(), LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
  }

  Channel channel() {
    return channel;
  }
}
