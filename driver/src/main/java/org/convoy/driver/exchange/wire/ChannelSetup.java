package org.convoy.driver.exchange.wire;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Turns a connection that has passed the {@link Handshake} into a channel of frames, and owns the
 * network threads. Where executors authenticate, both ends first do what {@link ChannelSecurity}
 * asks. Then {@link #changeOver} puts a {@link Peer} behind the ciphers, if there are any.
 *
 * <p>Its threads serve only executors of this run.
 */
final class ChannelSetup implements AutoCloseable {

  /** Receives channels that are ready for frames. Called in the channel's event loop. */
  @FunctionalInterface
  interface Join {
    /**
     * Puts a peer at the channel's end.
     *
     * @return false if there is a connection to that rank already
     */
    boolean join(Channel channel, int rank);
  }

  private final MeshSettings settings;
  private final Join join;
  private final Optional<ChannelSecurity.Session> security;
  private final EventLoopGroup group;
  private final ThreadFactory names = new DefaultThreadFactory("convoy-exchange", true);
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

  ChannelSetup(MeshSettings settings, Join join) {
    this.settings = settings;
    this.join = join;
    this.security = settings.security().map(ChannelSecurity::open);
    this.group = new NioEventLoopGroup(settings.threads(), this::newThread);
  }

  private Thread newThread(Runnable work) {
    Thread thread = names.newThread(work);
    threads.add(thread);
    return thread;
  }

  /** Takes over the socket of a caller that has proved its membership. */
  void admit(SocketChannel socket, int rank) {
    io.netty.channel.socket.SocketChannel channel = channel(socket);
    channel
        .eventLoop()
        .execute(
            () -> {
              if (security.isPresent()) {
                security.get().answer(channel, () -> joinOrClose(channel, rank));
              } else {
                joinOrClose(channel, rank);
              }
            });
  }

  /**
   * Takes over the socket of a call by this executor, once the callee has proved its membership.
   *
   * @throws ExchangeException if authentication fails, or there is a connection already
   */
  void called(SocketChannel socket, Address callee) {
    io.netty.channel.socket.SocketChannel channel = channel(socket);
    try {
      security.ifPresent(session -> session.call(channel, settings.handshakeTimeout()));
    } catch (RuntimeException e) {
      channel.close();
      throw new ExchangeException(callee + " did not admit this executor: " + e.getMessage(), e);
    }
    if (!onLoop(channel, () -> joinOrClose(channel, callee.rank()))) {
      throw new ExchangeException("there is a connection to " + callee + " already");
    }
  }

  private static <T> T onLoop(Channel channel, Callable<T> work) {
    Future<T> done = channel.eventLoop().submit(work).awaitUninterruptibly();
    if (!done.isSuccess()) {
      throw new ExchangeException("cannot set up a connection: " + done.cause(), done.cause());
    }
    return done.getNow();
  }

  /**
   * A channel that reads nothing yet. It is known by its interface: methods of its class are others
   * in Netty 4.1 and 4.2, and one jar runs with the Netty of each Spark of a line.
   */
  private io.netty.channel.socket.SocketChannel channel(SocketChannel socket) {
    io.netty.channel.socket.SocketChannel channel = new NioSocketChannel(socket);
    channel.config().setAutoRead(false);
    channel.config().setTcpNoDelay(true);
    channel.config().setKeepAlive(true);
    channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
    channel.config().setRecvByteBufAllocator(new ReadBuffers());
    ChannelFuture registered = group.register(channel).awaitUninterruptibly();
    if (!registered.isSuccess()) {
      channel.unsafe().closeForcibly();
      throw new ExchangeException(
          "cannot set up a connection: " + registered.cause(), registered.cause());
    }
    return channel;
  }

  private boolean joinOrClose(Channel channel, int rank) {
    boolean joined = join.join(channel, rank);
    if (!joined) {
      channel.close();
    }
    return joined;
  }

  /** The most bytes that a channel takes in one buffer. */
  int longestWrite(Channel channel) {
    return security.map(session -> session.longestWrite(channel)).orElse(Integer.MAX_VALUE);
  }

  /**
   * Removes the handlers of the authentication and adds a peer. To be called by the channel's event
   * loop.
   */
  void changeOver(Channel channel, ChannelHandler peer) {
    security.ifPresent(session -> session.removeHandshake(channel));
    channel.pipeline().addLast(Peer.NAME, peer);
    channel.config().setAutoRead(true);
  }

  /** Runs some work on one of the network threads. */
  void execute(Runnable work) {
    group.execute(work);
  }

  /** Closes all channels and joins the threads. */
  @Override
  public void close() {
    group
        .shutdownGracefully(0, settings.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      security.ifPresent(ChannelSecurity.Session::close);
    } catch (RuntimeException e) {
      throw new ExchangeException("cannot close the platform's transport", e);
    }
  }
}
