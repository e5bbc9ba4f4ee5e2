package org.convoy.driver.exchange;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.NettyUtils;
import org.apache.spark.network.util.TransportConf;

/**
 * Threads, sockets and Spark's security: how a connection that has passed the {@link Handshake}
 * becomes a channel of frames. Where {@code spark.authenticate} is on, it first takes the pipeline
 * of Spark's {@link TransportContext}, in which both ends authenticate as all of Spark does and
 * agree on ciphers. It ends, by {@link #changeOver}, with a {@link Peer} behind whatever ciphers
 * are there.
 *
 * <p>Its threads serve executors of this run and nobody else.
 */
final class Wiring implements AutoCloseable {

  /** What happens to a channel on which frames may flow, in its event loop. */
  @FunctionalInterface
  interface Join {
    /**
     * Puts a peer at the channel's end.
     *
     * @return false if there is a connection to that rank already
     */
    boolean join(Channel channel, int rank);
  }

  /** Handlers of Spark's transport that frames do without; its ciphers are not among them. */
  private static final List<String> SPARK =
      List.of("encoder", "frameDecoder", "decoder", "idleStateHandler", "handler");

  private static final String SASL_CIPHER = "saslEncryption";

  private final MeshSettings settings;
  private final Join join;
  private final TransportConf conf;
  private final TransportContext context;
  private final EventLoopGroup group;
  private final ThreadFactory names = NettyUtils.createThreadFactory("convoy-exchange");
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

  Wiring(MeshSettings settings, Join join) {
    this.settings = settings;
    this.join = join;
    this.conf = new TransportConf("convoy", new MapConfigProvider(settings.spark()));
    this.context = new TransportContext(conf, new NoOpRpcHandler(), false, true);
    this.group = new NioEventLoopGroup(settings.threads(), this::newThread);
  }

  private Thread newThread(Runnable work) {
    Thread thread = names.newThread(work);
    threads.add(thread);
    return thread;
  }

  /** Takes over the socket of a caller that has proved itself. */
  void admit(SocketChannel socket, int rank) {
    NioSocketChannel channel = channel(socket);
    channel
        .eventLoop()
        .execute(
            () -> {
              if (settings.secrets().isEmpty()) {
                joinOrClose(channel, rank);
              } else {
                RpcHandler greeted = new Greeted(() -> joinOrClose(channel, rank));
                RpcHandler handler =
                    new AuthServerBootstrap(conf, settings.secrets().get())
                        .doBootstrap(channel, greeted);
                context.initializePipeline(channel, handler);
                channel.config().setAutoRead(true);
              }
            });
  }

  /**
   * Takes over the socket on which this executor has called another, and that other has proved
   * itself.
   *
   * @throws ExchangeException if Spark's authentication fails, or there is a connection already
   */
  void called(SocketChannel socket, Address callee) {
    NioSocketChannel channel = channel(socket);
    try {
      if (settings.secrets().isPresent()) {
        TransportClient client = onLoop(channel, () -> client(channel));
        new AuthClientBootstrap(conf, settings.applicationId(), settings.secrets().get())
            .doBootstrap(client, channel);
        client.sendRpcSync(ByteBuffer.allocate(0), settings.handshakeTimeout().toMillis());
      }
    } catch (RuntimeException e) {
      channel.close();
      throw new ExchangeException(callee + " did not admit this executor: " + e.getMessage(), e);
    }
    if (!onLoop(channel, () -> joinOrClose(channel, callee.rank()))) {
      throw new ExchangeException("there is a connection to " + callee + " already");
    }
  }

  private TransportClient client(NioSocketChannel channel) {
    TransportClient client = context.initializePipeline(channel).getClient();
    channel.config().setAutoRead(true);
    return client;
  }

  private static <T> T onLoop(Channel channel, Callable<T> work) {
    Future<T> done = channel.eventLoop().submit(work).awaitUninterruptibly();
    if (!done.isSuccess()) {
      throw new ExchangeException("cannot set up a connection: " + done.cause(), done.cause());
    }
    return done.getNow();
  }

  /** A channel that reads nothing yet. */
  private NioSocketChannel channel(SocketChannel socket) {
    NioSocketChannel channel = new NioSocketChannel(socket);
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

  /**
   * The most bytes that a channel takes in one buffer. Spark's SASL cipher garbles buffers that are
   * longer than its block (seen with 3.5.5; Spark itself passes it nothing but short headers and
   * file regions); its AES cipher does not.
   */
  int longestWrite(Channel channel) {
    return channel.pipeline().get(SASL_CIPHER) == null
        ? Integer.MAX_VALUE
        : conf.maxSaslEncryptedBlockSize();
  }

  /** Takes Spark's handlers out of a channel and puts a peer in. To be called by its event loop. */
  static void changeOver(Channel channel, ChannelHandler peer) {
    ChannelPipeline pipeline = channel.pipeline();
    for (String name : SPARK) {
      if (pipeline.get(name) != null) {
        pipeline.remove(name);
      }
    }
    pipeline.addLast(Peer.NAME, peer);
    channel.config().setAutoRead(true);
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
      context.close();
    } catch (RuntimeException e) {
      throw new ExchangeException("cannot close Spark's transport", e);
    }
  }

  /**
   * Stands behind Spark's authentication: the first message that gets here says that the caller has
   * its ciphers in place. The answer to it is the last thing that goes through Spark's encoder.
   */
  private static final class Greeted extends RpcHandler {

    private final Runnable then;
    private final StreamManager streams = new OneForOneStreamManager();

    Greeted(Runnable then) {
      this.then = then;
    }

    @Override
    public void receive(TransportClient client, ByteBuffer message, RpcResponseCallback callback) {
      callback.onSuccess(ByteBuffer.allocate(0));
      then.run();
    }

    @Override
    public StreamManager getStreamManager() {
      return streams;
    }
  }
}
