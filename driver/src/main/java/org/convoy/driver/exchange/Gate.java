package org.convoy.driver.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Stands before everything else on a connection that has not said yet who it is. It lets through
 * only what begins like a short message of Spark's protocol, only so many bytes, and only for so
 * long. It leaves the pipeline when the connection has been admitted.
 */
final class Gate extends ChannelInboundHandlerAdapter {

  static final String NAME = "gate";

  /** Length, type: what a frame of Spark's transport begins with (its MessageEncoder). */
  private static final int HEADER_BYTES = 9;

  private static final int RPC_REQUEST = 3;
  private static final long MAX_BYTES = 64 << 10;

  private final Channel channel;
  private final Strangers strangers;
  private final Duration patience;
  private final CompositeByteBuf beginning = Unpooled.compositeBuffer();
  private boolean checked;
  private boolean admitted;
  private boolean refused;
  private long bytes;

  Gate(Channel channel, Strangers strangers, Duration patience) {
    this.channel = channel;
    this.strangers = strangers;
    this.patience = patience;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel
        .eventLoop()
        .schedule(
            () -> {
              if (!admitted && channel.isActive()) {
                refuse("did not say who it is within " + patience.toSeconds() + " s");
              }
            },
            patience.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (admitted || !(message instanceof ByteBuf in)) {
      context.fireChannelRead(message);
      return;
    }
    bytes += in.readableBytes();
    if (refused) {
      in.release();
    } else if (bytes > MAX_BYTES) {
      in.release();
      refuse("sent " + bytes + " bytes without saying who it is");
    } else if (checked) {
      context.fireChannelRead(in);
    } else {
      beginning.addComponent(true, in);
      if (beginning.readableBytes() >= HEADER_BYTES) {
        check(context);
      }
    }
  }

  private void check(ChannelHandlerContext context) {
    long length = beginning.getLong(0);
    int type = beginning.getByte(8);
    if (length <= HEADER_BYTES || length > MAX_BYTES || type != RPC_REQUEST) {
      String first = ByteBufUtil.hexDump(beginning, 0, HEADER_BYTES);
      refuse("speaks a foreign protocol (first bytes " + first + ")");
      return;
    }
    checked = true;
    context.fireChannelRead(beginning.retainedSlice());
  }

  /** Closes the connection and says why, once. */
  void refuse(String reason) {
    if (!refused) {
      refused = true;
      strangers.refuse(channel.remoteAddress(), reason);
      channel.close();
    }
  }

  /** The connection has shown that it belongs here. */
  void admit() {
    admitted = true;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!admitted) {
      refuse("left, or was refused by Spark's authentication, before it said who it is");
    }
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    beginning.release();
  }
}
