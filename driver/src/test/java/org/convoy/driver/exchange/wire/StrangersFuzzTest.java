package org.convoy.driver.exchange.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.convoy.driver.exchange.sums.Gradients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A flood of malformed, slow and silent connections at the port of an executor that waits for
 * others, until they come and while they do: the run's bytes stay what they are, and each stranger
 * costs next to nothing. {@code -Dexchange.fuzz=10000} makes it longer.
 */
@Timeout(300)
class StrangersFuzzTest {

  private static final int CONNECTIONS = Integer.getInteger("exchange.fuzz", 1000);
  private static final long SEED = Long.getLong("exchange.fuzz.seed", 20240501);

  /** A socket's objects and a visitor; the names that a bomb claims have hundreds of megabytes. */
  private static final long BYTES_EACH = 16 << 10;

  @ParameterizedTest
  @ValueSource(strings = {"open", "authenticated"})
  void aFloodOfStrangersChangesNothing(String kind) throws Exception {
    boolean secret = kind.equals("authenticated");
    IntFunction<MeshSettings> settings =
        rank ->
            Ranks.settings(
                rank,
                secret ? Map.of("spark.authenticate", "true") : Map.of(),
                secret ? Optional.of(Ranks.secret("s3cret")) : Optional.empty());
    int length = 50_000;
    float[] expected = Gradients.sum(0, 6, length);
    AtomicReference<Rest> rest = new AtomicReference<>(new Rest(new Thread(), 0));
    List<Integer> refused =
        Ranks.run(
            3,
            settings,
            (rank, host, port) -> {
              if (rank == 0) {
                StrangersFuzz fuzz = new StrangersFuzz(host, port, SEED);
                long before = acceptorAllocations();
                fuzz.attack(CONNECTIONS / 2);
                long allocated = acceptorAllocations() - before;
                // The others call while the rest of it goes on.
                Thread thread = new Thread(() -> attackToTheEnd(fuzz));
                thread.start();
                rest.set(new Rest(thread, allocated));
              }
            },
            exchange -> {
              assertArrayEquals(expected, StrangersTest.sum(exchange, 6, length));
              return exchange.mesh().refusedConnections();
            });
    Objects.requireNonNull(rest.get()).thread().join();
    long each = Objects.requireNonNull(rest.get()).allocated() / (CONNECTIONS / 2);
    assertTrue(refused.get(0) >= CONNECTIONS / 2 - StrangersFuzz.HELD, "seed " + SEED + refused);
    assertTrue(each > 0 && each < BYTES_EACH, "seed " + SEED + ": " + each + " bytes");
  }

  /** The second half of a flood, and what the first cost. */
  private record Rest(Thread thread, long allocated) {}

  private static void attackToTheEnd(StrangersFuzz fuzz) {
    try (fuzz) {
      fuzz.attack(CONNECTIONS / 2);
    } catch (IOException e) {
      // The port has been closed, because all executors are connected.
    }
  }

  /** Whoever holds many connections open holds few of an executor's descriptors. */
  @Test
  void silentStrangersTakeFewDescriptors() throws Exception {
    UnixOperatingSystemMXBean system =
        (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    int crowd = 500;
    List<Long> taken = new ArrayList<>();
    Ranks.run(
        2,
        Ranks::settings,
        (rank, host, port) -> {
          if (rank == 0) {
            long before = system.getOpenFileDescriptorCount();
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < crowd; i++) {
              sockets.add(new Socket(host, port));
            }
            // The last one is heard, so all before it have been.
            sockets.get(crowd - 1).getInputStream().readNBytes(Handshake.CHALLENGE_BYTES);
            taken.add(system.getOpenFileDescriptorCount() - before - crowd);
            for (Socket socket : sockets) {
              socket.close();
            }
          }
        },
        exchange -> {
          exchange.barrier();
          return 0;
        });
    assertTrue(taken.get(0) < 2 * Acceptor.MAX_OUTSIDERS, taken::toString);
  }

  /** What the exchange's threads have allocated; those of one rank alone are being called. */
  private static long acceptorAllocations() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("convoy-exchange"))
        .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.getId()))
        .sum();
  }
}
