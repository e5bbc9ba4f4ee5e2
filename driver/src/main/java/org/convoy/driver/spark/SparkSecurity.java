package org.convoy.driver.spark;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.sasl.SecretKeyHolder;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.TransportConf;
import org.convoy.driver.exchange.wire.ChannelSecurity;
import org.convoy.driver.exchange.wire.MeshSettings;
import scala.Tuple2;

/**
 * Spark's own authentication and encryption, where {@code spark.authenticate} is on. A connection
 * first has the pipeline of Spark's {@link TransportContext}, in which both ends authenticate as
 * Spark's own connections do and agree on ciphers.
 */
public final class SparkSecurity implements ChannelSecurity {

  /** Handlers of Spark's transport that frames do not need. Its ciphers are not among them. */
  private static final List<String> HANDSHAKE =
      List.of("encoder", "frameDecoder", "decoder", "idleStateHandler", "handler");

  private static final String SASL_CIPHER = "saslEncryption";

  private final Map<String, String> settings;
  private final String applicationId;
  private final SecretKeyHolder secrets;

  /**
   * @param settings all of Spark's settings
   * @param secrets knows the application's secret
   */
  public SparkSecurity(
      Map<String, String> settings, String applicationId, SecretKeyHolder secrets) {
    this.settings = Map.copyOf(settings);
    this.applicationId = applicationId;
    this.secrets = secrets;
  }

  /** The security of this executor, or of the driver where tasks run in it (a local master). */
  static MeshSettings meshSettings(SparkEnv env) {
    Map<String, String> settings = new HashMap<>();
    for (Tuple2<String, String> entry : env.conf().getAll()) {
      settings.put(entry._1(), entry._2());
    }
    Optional<ChannelSecurity> security =
        env.securityManager().isAuthenticationEnabled()
            ? Optional.of(new SparkSecurity(settings, env.conf().getAppId(), env.securityManager()))
            : Optional.empty();
    return MeshSettings.of(
        settings, env.blockManager().blockManagerId().host(), env.executorId(), security);
  }

  /**
   * Security as Spark has it with {@code spark.authenticate} and {@code spark.network.crypto}, for
   * processes that know a secret and have no Spark context.
   */
  public static ChannelSecurity encrypting(String secret) {
    Map<String, String> settings =
        Map.of("spark.authenticate", "true", "spark.network.crypto.enabled", "true");
    return new SparkSecurity(
        settings,
        "convoy",
        new SecretKeyHolder() {
          @Override
          public String getSaslUser(String applicationId) {
            return "sparkSaslUser";
          }

          @Override
          public String getSecretKey(String applicationId) {
            return secret;
          }
        });
  }

  @Override
  public String secret() {
    return secrets.getSecretKey(applicationId);
  }

  @Override
  public Session open() {
    return new SparkSession();
  }

  private final class SparkSession implements Session {
    private final TransportConf conf = new TransportConf("convoy", new MapConfigProvider(settings));
    private final TransportContext context =
        new TransportContext(conf, new NoOpRpcHandler(), false, true);

    @Override
    public void answer(SocketChannel channel, Runnable secured) {
      RpcHandler handler =
          new AuthServerBootstrap(conf, secrets).doBootstrap(channel, new Greeted(secured));
      context.initializePipeline(channel, handler);
      channel.config().setAutoRead(true);
    }

    @Override
    public void call(SocketChannel channel, Duration patience) {
      TransportClient client = onLoop(channel, () -> client(channel));
      new AuthClientBootstrap(conf, applicationId, secrets).doBootstrap(client, channel);
      client.sendRpcSync(ByteBuffer.allocate(0), patience.toMillis());
    }

    private TransportClient client(SocketChannel channel) {
      TransportClient client = context.initializePipeline(channel).getClient();
      channel.config().setAutoRead(true);
      return client;
    }

    private static <T> T onLoop(Channel channel, Callable<T> work) {
      Future<T> done = channel.eventLoop().submit(work).awaitUninterruptibly();
      if (!done.isSuccess()) {
        throw new IllegalStateException(
            "cannot set up a connection: " + done.cause(), done.cause());
      }
      return done.getNow();
    }

    @Override
    public void removeHandshake(Channel channel) {
      for (String name : HANDSHAKE) {
        if (channel.pipeline().get(name) != null) {
          channel.pipeline().remove(name);
        }
      }
    }

    /**
     * Spark's SASL cipher corrupts buffers that are longer than its block (seen with 3.5.5; Spark
     * itself passes it only short headers and file regions). Its AES cipher does not.
     */
    @Override
    public int longestWrite(Channel channel) {
      return channel.pipeline().get(SASL_CIPHER) == null
          ? Integer.MAX_VALUE
          : conf.maxSaslEncryptedBlockSize();
    }

    @Override
    public void close() {
      context.close();
    }
  }

  /**
   * Stands behind Spark's authentication. The first message that arrives here means that the caller
   * has installed its ciphers. The answer is the last message through Spark's encoder.
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
