package org.convoy.driver.exchange.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import org.apache.spark.network.sasl.SecretKeyHolder;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.spark.SparkSecurity;

/** Several executors in this process, a thread each, that talk over real sockets. */
public final class Ranks {

  /** What one rank does with its exchange. */
  @FunctionalInterface
  public interface Work<T> {
    T run(Exchange exchange) throws Exception;
  }

  /** What happens at a rank that listens already, before it comes to the rendezvous. */
  @FunctionalInterface
  public interface Meanwhile {
    void at(int rank, String host, int port) throws Exception;
  }

  private Ranks() {}

  public static MeshSettings settings(int rank) {
    return settings(rank, Map.of(), Optional.empty());
  }

  public static MeshSettings settings(
      int rank, Map<String, String> spark, Optional<SecretKeyHolder> secrets) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "spark.convoy.exchange.threads", "1",
                "spark.convoy.exchange.handshakeTimeout", "10s"));
    all.putAll(spark);
    return MeshSettings.of(
        all,
        "127.0.0.1",
        "exec-" + rank,
        secrets.map(holder -> new SparkSecurity(all, "app-1", holder)));
  }

  public static SecretKeyHolder secret(String secret) {
    return new SecretKeyHolder() {
      @Override
      public String getSaslUser(String applicationId) {
        return "sparkSaslUser";
      }

      @Override
      public String getSecretKey(String applicationId) {
        return secret;
      }
    };
  }

  /**
   * Breaks all connections of a rank as its process would if it were killed: without a word to the
   * others. Nor does the rank itself notice.
   */
  public static void vanish(Exchange exchange) {
    List<Future<?>> broken = new ArrayList<>();
    for (int other = 0; other < exchange.size(); other++) {
      if (other != exchange.rank()) {
        Peer peer = exchange.mesh().peer(other);
        broken.add(peer.channel().eventLoop().submit(() -> breakOff(peer)));
      }
    }
    for (Future<?> each : broken) {
      try {
        each.get(10, TimeUnit.SECONDS);
      } catch (InterruptedException | ExecutionException | TimeoutException e) {
        throw new IllegalStateException("a connection does not break", e);
      }
    }
  }

  private static void breakOff(Peer peer) {
    Channel channel = peer.channel();
    if (channel.isOpen() && channel.pipeline().context(peer) != null) {
      channel.pipeline().remove(peer);
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
  }

  /** An error's message, "null" if it has none. */
  public static String message(Throwable error) {
    return String.valueOf(error.getMessage());
  }

  /** Runs the same work on every rank and returns what each made of it; throws the first error. */
  public static <T> List<T> run(int size, Work<T> work) throws Exception {
    return run(size, Ranks::settings, work);
  }

  public static <T> List<T> run(int size, IntFunction<MeshSettings> settings, Work<T> work)
      throws Exception {
    return run(size, settings, (rank, host, port) -> {}, work);
  }

  public static <T> List<T> run(
      int size, IntFunction<MeshSettings> settings, Meanwhile meanwhile, Work<T> work)
      throws Exception {
    List<T> results = new ArrayList<>();
    for (Future<T> future : start(size, settings, meanwhile, work)) {
      try {
        results.add(future.get(60, TimeUnit.SECONDS));
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Exception cause ? cause : e;
      }
    }
    return results;
  }

  /** Starts the same work on every rank. An exchange is closed when its work is over. */
  public static <T> List<Future<T>> start(
      int size, IntFunction<MeshSettings> settings, Work<T> work) {
    return start(size, settings, (rank, host, port) -> {}, work);
  }

  private static <T> List<Future<T>> start(
      int size, IntFunction<MeshSettings> settings, Meanwhile meanwhile, Work<T> work) {
    ExecutorService threads = Executors.newFixedThreadPool(size);
    Meeting meeting = new Meeting(size);
    List<Future<T>> futures = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int rank = i;
      Callable<T> task =
          () -> {
            try (Exchange exchange =
                Exchange.open(settings.apply(rank), rank, size, meeting.seat(rank, meanwhile))) {
              return work.run(exchange);
            }
          };
      futures.add(threads.submit(task));
    }
    threads.shutdown();
    return futures;
  }

  /** A rendezvous within this process. */
  static final class Meeting {

    private final String[] messages;
    private final CyclicBarrier barrier;

    Meeting(int size) {
      this.messages = new String[size];
      this.barrier = new CyclicBarrier(size);
    }

    Rendezvous seat(int rank, Meanwhile meanwhile) {
      return message -> {
        messages[rank] = message;
        try {
          Address own = Address.decode(message, rank);
          meanwhile.at(rank, own.host(), own.port());
          barrier.await(50, TimeUnit.SECONDS);
        } catch (Exception e) {
          throw new IllegalStateException("the rendezvous failed", e);
        }
        return messages.clone();
      };
    }
  }
}
