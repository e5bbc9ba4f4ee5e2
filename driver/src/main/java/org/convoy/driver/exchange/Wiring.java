package org.convoy.driver.exchange;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.NettyUtils;
import org.apache.spark.network.util.TransportConf;

/**
 * Sockets, threads and Spark's handshake: how a connection comes to be. Every channel starts with
 * the pipeline of Spark's {@link TransportContext} and ends, by {@link #changeOver}, with a {@link
 * Peer} behind whatever ciphers the handshake put there.
 */
final class Wiring implements AutoCloseable {

  /** Handlers of Spark's transport that frames do without; its ciphers are not among them. */
  private static final List<String> HANDSHAKE =
      List.of(Gate.NAME, "encoder", "frameDecoder", "decoder", "idleStateHandler", "handler");

  private static final String SASL_CIPHER = "saslEncryption";
  private static final int BACKLOG = 256;

  private final MeshSettings settings;
  private final Strangers strangers;
  private final TransportConf conf;
  private final TransportContext context;
  private final EventLoopGroup group;
  private final ThreadFactory names = NettyUtils.createThreadFactory("convoy-exchange");
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Party> party = new CompletableFuture<>();

  Wiring(MeshSettings settings, Strangers strangers) {
    this.settings = settings;
    this.strangers = strangers;
    this.conf = new TransportConf("convoy", new MapConfigProvider(settings.spark()));
    this.context = new TransportContext(conf, new NoOpRpcHandler(), false, true);
    this.group = new NioEventLoopGroup(settings.threads(), this::newThread);
  }

  private Thread newThread(Runnable work) {
    Thread thread = names.newThread(work);
    threads.add(thread);
    return thread;
  }

  /**
   * Listens on the first free port.
   *
   * @return the port
   * @throws ExchangeException if none is free
   */
  int listen(Doorkeeper.Admission admission) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accept(channel, admission);
                  }
                });
    int first = settings.port();
    int last = first == 0 ? 0 : Math.min(65535, first + settings.portRetries());
    for (int port = first; port <= last; port++) {
      ChannelFuture bound = bootstrap.bind(settings.bindAddress(), port).awaitUninterruptibly();
      if (bound.isSuccess()) {
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
      }
      if (!(bound.cause() instanceof BindException) || port == last) {
        throw cannotListen(first, last, bound.cause());
      }
    }
    throw new AssertionError("unreachable");
  }

  private ExchangeException cannotListen(int first, int last, Throwable cause) {
    String ports =
        first == 0
            ? "any port"
            : first == last ? "port " + first : "ports " + first + " to " + last;
    return new ExchangeException(
        "cannot listen for other executors on "
            + settings.bindAddress()
            + ", "
            + ports
            + " ("
            + cause.getMessage()
            + "): set spark.convoy.exchange.port to the start of a free range, or to 0 for any port;"
            + " spark.convoy.exchange.portRetries widens the range, and"
            + " spark.convoy.exchange.bindAddress chooses another address",
        cause);
  }

  private void accept(SocketChannel channel, Doorkeeper.Admission admission) {
    prepare(channel);
    Gate gate = new Gate(channel, strangers, settings.handshakeTimeout());
    channel.pipeline().addFirst(Gate.NAME, gate);
    RpcHandler handler = new Doorkeeper(party, gate, admission);
    if (settings.secrets().isPresent()) {
      RpcHandler authentication =
          new AuthServerBootstrap(conf, settings.secrets().get()).doBootstrap(channel, handler);
      handler = new Bouncer(authentication, gate);
    }
    context.initializePipeline(channel, handler);
  }

  private static void prepare(SocketChannel channel) {
    channel.config().setTcpNoDelay(true);
    channel.config().setKeepAlive(true);
    channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
    channel.config().setRecvByteBufAllocator(new ReadBuffers());
  }

  /** Lets callers in, now that it is known who belongs here. */
  void admit(Party known) {
    party.complete(known);
  }

  /**
   * Connects to another executor, authenticates, and says hello.
   *
   * @return a channel on which the callee speaks frames already
   */
  Channel call(Address callee, Hello hello) {
    CompletableFuture<TransportClient> made = new CompletableFuture<>();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.handshakeTimeout().toMillis())
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    prepare(channel);
                    made.complete(context.initializePipeline(channel).getClient());
                  }
                });
    ChannelFuture connected =
        bootstrap.connect(callee.host(), callee.port()).awaitUninterruptibly();
    if (!connected.isSuccess()) {
      throw new ExchangeException(
          "cannot connect to " + callee + ": " + connected.cause().getMessage(), connected.cause());
    }
    TransportClient client = made.join();
    try {
      if (settings.secrets().isPresent()) {
        new AuthClientBootstrap(conf, settings.applicationId(), settings.secrets().get())
            .doBootstrap(client, connected.channel());
      }
      ByteBuffer greeting = hello.encode();
      client.sendRpcSync(greeting, settings.handshakeTimeout().toMillis());
      return connected.channel();
    } catch (RuntimeException e) {
      client.close();
      throw new ExchangeException(callee + " did not admit this executor: " + e.getMessage(), e);
    }
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
    for (String name : HANDSHAKE) {
      if (pipeline.get(name) != null) {
        pipeline.remove(name);
      }
    }
    pipeline.addLast(Peer.NAME, peer);
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
}
