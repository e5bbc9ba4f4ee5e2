package org.convoy.driver.exchange.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.PartialSums;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Timeout(60)
class PeerLossTest {

  private static void step(Exchange exchange, INDArray vector) {
    Chunks chunks = new Chunks(0, vector.length(), 1000);
    MicroBatches range = MicroBatches.range(exchange.rank(), exchange.size(), 8);
    try (PartialSums partials = new PartialSums(range, vector.length())) {
      for (int i = range.from(); i < range.to(); i++) {
        partials.add(vector);
      }
      exchange.reduceScatter(partials, chunks, partials.first());
      exchange.allGather(chunks, vector);
    }
  }

  private static Throwable failure(Future<?> future) {
    ExecutionException error =
        assertThrows(ExecutionException.class, () -> future.get(30, TimeUnit.SECONDS));
    return Objects.requireNonNull(error.getCause());
  }

  @Test
  void everybodyNamesTheOneWhoseConnectionsBreak() {
    AtomicLong broken = new AtomicLong();
    List<Future<Long>> futures =
        Ranks.start(
            4,
            Ranks::settings,
            exchange -> {
              INDArray vector = Nd4j.ones(DataType.FLOAT, 500_000);
              step(exchange, vector);
              if (exchange.rank() == 2) {
                Thread.sleep(200); // The others are blocked by now.
                broken.set(System.nanoTime());
                Ranks.vanish(exchange);
                return 0L;
              }
              PeerLostException lost =
                  assertThrows(PeerLostException.class, () -> step(exchange, vector));
              assertEquals(2, lost.rank());
              assertEquals("exec-2", lost.executorId());
              assertTrue(Ranks.message(lost).contains("rank 2 (executor exec-2 at 127.0.0.1:"));
              assertThrows(PeerLostException.class, exchange::barrier);
              return System.nanoTime();
            });
    for (int rank : new int[] {0, 1, 3}) {
      long noticed = assertDoes(futures.get(rank));
      assertTrue(noticed - broken.get() < 1_000_000_000L, "took " + (noticed - broken.get()));
    }
  }

  private static long assertDoes(Future<Long> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoGivesUpSaysWhy() {
    List<Future<Integer>> futures =
        Ranks.start(
            3,
            Ranks::settings,
            exchange -> {
              exchange.barrier();
              if (exchange.rank() == 1) {
                exchange.abort("cat.jpg does not decode");
                return 0;
              }
              exchange.barrier();
              return 1;
            });
    for (int rank : new int[] {0, 2}) {
      Throwable lost = assertInstanceOf(PeerLostException.class, failure(futures.get(rank)));
      assertTrue(Ranks.message(lost).startsWith("rank 1 (executor exec-1"), Ranks.message(lost));
      assertTrue(Ranks.message(lost).contains("cat.jpg does not decode"), Ranks.message(lost));
    }
  }

  @Test
  void anInterruptedRankStopsAndTellsTheOthers() {
    List<Future<Integer>> futures =
        Ranks.start(
            2,
            Ranks::settings,
            exchange -> {
              exchange.barrier();
              if (exchange.rank() == 1) {
                Thread.currentThread().interrupt();
              }
              step(exchange, Nd4j.ones(DataType.FLOAT, 3_000_000));
              return 0;
            });
    assertTrue(Ranks.message(failure(futures.get(1))).startsWith("interrupted"));
    PeerLostException lost = assertInstanceOf(PeerLostException.class, failure(futures.get(0)));
    assertTrue(Ranks.message(lost).contains("was interrupted"), Ranks.message(lost));
  }

  @Test
  void whoLeavesEarlyIsNamed() {
    List<Future<Integer>> futures =
        Ranks.start(
            2,
            Ranks::settings,
            exchange -> {
              if (exchange.rank() == 1) {
                return 0;
              }
              exchange.barrier();
              return 1;
            });
    PeerLostException lost = assertInstanceOf(PeerLostException.class, failure(futures.get(0)));
    assertEquals(1, lost.rank());
    assertTrue(Ranks.message(lost).contains("left"), Ranks.message(lost));
  }

  @Test
  void whoDeliversNothingIsNamed() throws Exception {
    CountDownLatch noticed = new CountDownLatch(2);
    List<Future<Integer>> futures =
        Ranks.start(
            3,
            rank ->
                Ranks.settings(
                    rank, Map.of("spark.convoy.exchange.stallTimeout", "1s"), Optional.empty()),
            exchange -> {
              exchange.barrier();
              if (exchange.rank() == 0) {
                noticed.await();
                return 0;
              }
              try {
                step(exchange, Nd4j.ones(DataType.FLOAT, 300_000));
                return 1;
              } finally {
                noticed.countDown();
              }
            });
    for (int rank : new int[] {1, 2}) {
      PeerLostException lost =
          assertInstanceOf(PeerLostException.class, failure(futures.get(rank)));
      assertEquals(0, lost.rank(), Ranks.message(lost));
      assertTrue(Ranks.message(lost).contains("delivered nothing for 1 s"), Ranks.message(lost));
      assertTrue(Ranks.message(lost).contains("reduce-scatter, chunk"), Ranks.message(lost));
    }
  }

  /**
   * Rank 2 waits for rank 0, which waits for rank 1, which is stopped. Rank 2 has waited longest,
   * but blames the one that holds up all.
   */
  @Test
  void whoWaitsItselfIsNotBlamed() throws Exception {
    CountDownLatch noticed = new CountDownLatch(2);
    List<Future<Integer>> futures =
        Ranks.start(
            3,
            rank ->
                Ranks.settings(
                    rank, Map.of("spark.convoy.exchange.stallTimeout", "2s"), Optional.empty()),
            exchange -> {
              exchange.barrier();
              if (exchange.rank() == 1) {
                noticed.await();
                return 0;
              }
              Receive never = Receive.open(9, 0, "what never comes");
              int from = exchange.rank() == 0 ? 1 : 0;
              exchange.mesh().post(from, never);
              Thread.sleep(exchange.rank() == 0 ? 500 : 0);
              try {
                exchange.mesh().await(from, never);
                return 1;
              } finally {
                noticed.countDown();
              }
            });
    for (int rank : new int[] {0, 2}) {
      PeerLostException lost =
          assertInstanceOf(PeerLostException.class, failure(futures.get(rank)));
      assertEquals(1, lost.rank(), Ranks.message(lost));
      assertTrue(Ranks.message(lost).contains("delivered nothing for 2 s"), Ranks.message(lost));
    }
  }

  @Test
  void aKilledProcessIsNamedAtOnce(@TempDir Path folder) throws Exception {
    Process victim =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledRank.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(new File(folder.toFile(), "log"))
            .start();
    try (Exchange exchange =
        Exchange.open(Ranks.settings(0), 0, 2, KilledRank.rendezvous(folder, 0))) {
      INDArray vector = Nd4j.ones(DataType.FLOAT, 3_000_000);
      step(exchange, vector);
      Thread killer =
          new Thread(
              () -> {
                sleep(200);
                victim.destroyForcibly();
              });
      killer.start();
      PeerLostException lost =
          assertThrows(
              PeerLostException.class,
              () -> {
                while (true) {
                  step(exchange, vector);
                }
              });
      assertEquals(1, lost.rank());
      killer.join();
    } finally {
      victim.destroyForcibly().waitFor();
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Rank 1 of 2, in a process of its own; steps until it is killed. */
  static final class KilledRank {
    public static void main(String[] args) {
      Path folder = Path.of(args[0]);
      try (Exchange exchange = Exchange.open(Ranks.settings(1), 1, 2, rendezvous(folder, 1))) {
        INDArray vector = Nd4j.ones(DataType.FLOAT, 3_000_000);
        while (true) {
          step(exchange, vector);
        }
      }
    }

    /** Meets through files in a folder. */
    static Rendezvous rendezvous(Path folder, int rank) {
      return message -> {
        try {
          Path draft = Files.writeString(folder.resolve("draft" + rank), message);
          Files.move(draft, folder.resolve("rank" + rank));
          Path other = folder.resolve("rank" + (1 - rank));
          while (!Files.exists(other)) {
            Thread.sleep(10);
          }
          String theirs = Files.readString(other);
          return rank == 0 ? new String[] {message, theirs} : new String[] {theirs, message};
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      };
    }
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new java.net.InetSocketAddress("127.0.0.1", 0));
      String port = Integer.toString(taken.getLocalPort());
      MeshSettings settings =
          Ranks.settings(
              0,
              Map.of("spark.convoy.exchange.port", port, "spark.convoy.exchange.portRetries", "0"),
              Optional.empty());
      ExchangeException error =
          assertThrows(
              ExchangeException.class,
              () -> Exchange.open(settings, 0, 2, message -> new String[] {message, message}));
      assertTrue(Ranks.message(error).contains("port " + port), Ranks.message(error));
      assertTrue(Ranks.message(error).contains("spark.convoy.exchange.port"), Ranks.message(error));
      List<String> addresses =
          Ranks.run(
              2,
              rank ->
                  Ranks.settings(
                      rank, Map.of("spark.convoy.exchange.port", port), Optional.empty()),
              exchange -> exchange.mesh().listenedAt());
      assertEquals(2, Set.copyOf(addresses).size(), "the next free ports are taken instead");
    }
  }

  @Test
  void closingLeavesNoThread() throws Exception {
    Ranks.run(
        3,
        exchange -> {
          exchange.barrier();
          return 0;
        });
    Set<String> left =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("convoy-exchange"))
            .collect(Collectors.toSet());
    assertEquals(Set.of(), left);
  }

  @Test
  void aloneThereIsNoNetwork() throws Exception {
    try (Exchange exchange =
        Exchange.open(
            Ranks.settings(0),
            0,
            1,
            message -> {
              throw new AssertionError("nobody to meet");
            })) {
      assertEquals(1, exchange.allGather(new double[] {1}).length);
      assertEquals("127.0.0.1:0", exchange.mesh().listenedAt());
      step(exchange, Nd4j.ones(DataType.FLOAT, 5000));
      assertEquals(0, exchange.traffic().bytesSent());
    }
  }
}
