package org.convoy.driver.exchange.sums;

import com.sun.management.OperatingSystemMXBean;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.convoy.driver.exchange.wire.MeshSettings;
import org.convoy.driver.exchange.wire.Ranks;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How fast two executors on one machine exchange a vector, against raw sockets that move as many
 * bytes both ways at once in the same process. Prints GB/s each way (median of {@value #ROUNDS}
 * rounds, rivals interleaved) and the ratio to the raw socket. Results are checked.
 *
 * <p>Argument: megabytes each way, 100 if left out.
 */
final class ExchangeBenchmark {

  private static final int ROUNDS = 9;

  private ExchangeBenchmark() {}

  public static void main(String[] args) throws Exception {
    int megabytes = args.length > 0 ? Integer.parseInt(args[0]) : 100;
    long bytes = megabytes * 1_000_000L;
    Map<String, String> encrypted =
        Map.of("spark.authenticate", "true", "spark.network.crypto.enabled", "true");
    IntFunction<MeshSettings> clear = Ranks::settings;
    IntFunction<MeshSettings> secret =
        rank -> Ranks.settings(rank, encrypted, Optional.of(Ranks.secret("s3cret")));
    for (int pass = 0; pass < 2; pass++) {
      Timed raw = raw(bytes);
      print("raw NIO sockets", bytes, raw, raw);
      print("all-gather", bytes, both(Ranks.run(2, clear, e -> allGather(e, bytes))), raw);
      print("reduce-scatter", bytes, both(Ranks.run(2, clear, e -> reduceScatter(e, bytes))), raw);
      print(
          "all-gather, encrypted",
          bytes,
          both(Ranks.run(2, secret, e -> allGather(e, bytes))),
          raw);
    }
  }

  private static void print(String what, long bytes, Timed timed, Timed raw) {
    System.out.printf(
        Locale.ROOT,
        "%-24s %6.2f GB/s each way, %.2f of the raw socket; %.2f CPU s a GB both ways%n",
        what,
        bytes / timed.seconds() / 1e9,
        raw.seconds() / timed.seconds(),
        timed.cpuSeconds() / (bytes / 1e9));
  }

  /** Medians over rounds: elapsed, and processor time of the whole process. */
  private record Timed(double seconds, double cpuSeconds) {}

  private static Timed both(List<Timed> ranks) {
    Timed left = ranks.get(0);
    Timed right = ranks.get(1);
    return new Timed(
        Math.max(left.seconds(), right.seconds()), Math.max(left.cpuSeconds(), right.cpuSeconds()));
  }

  private static final class Stopwatch {
    private final List<Double> seconds = new ArrayList<>();
    private final List<Double> cpuSeconds = new ArrayList<>();
    private long started;
    private long cpuStarted;

    void start() {
      cpuStarted = cpu();
      started = System.nanoTime();
    }

    void stop() {
      seconds.add((System.nanoTime() - started) / 1e9);
      cpuSeconds.add((cpu() - cpuStarted) / 1e9);
    }

    private static long cpu() {
      return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    Timed median() {
      return new Timed(median(seconds), median(cpuSeconds));
    }

    private static double median(List<Double> values) {
      return values.stream().sorted().toList().get(values.size() / 2);
    }
  }

  /** Two ranks, so each sends half of the vector to the other. */
  private static Timed allGather(Exchange exchange, long bytes) {
    long length = bytes / 2;
    Chunks chunks = Chunks.over(0, length);
    Stopwatch watch = new Stopwatch();
    try (INDArray vector = Nd4j.zeros(DataType.FLOAT, length)) {
      for (int round = 0; round < ROUNDS; round++) {
        vector.assign(10 * round + exchange.rank());
        exchange.barrier();
        watch.start();
        exchange.allGather(chunks, vector);
        watch.stop();
        for (int chunk = 0; chunk < chunks.count(); chunk++) {
          check(vector.getFloat(chunks.start(chunk)), 10 * round + chunk % 2);
        }
      }
    }
    return watch.median();
  }

  private static Timed reduceScatter(Exchange exchange, long bytes) {
    long length = bytes / 2;
    Chunks chunks = Chunks.over(0, length);
    Stopwatch watch = new Stopwatch();
    MicroBatches range = MicroBatches.range(exchange.rank(), 2, 2);
    try (PartialSums partials = new PartialSums(range, length);
        INDArray vector = Nd4j.zeros(DataType.FLOAT, length)) {
      for (int round = 0; round < ROUNDS; round++) {
        vector.assign(10 * round + exchange.rank());
        partials.add(vector);
        exchange.barrier();
        watch.start();
        exchange.reduceScatter(partials, chunks, partials.first());
        watch.stop();
        check(partials.first().getFloat(chunks.start(exchange.rank())), 20 * round + 1);
      }
    }
    return watch.median();
  }

  private static void check(float got, float expected) {
    if (got != expected) {
      throw new AssertionError("expected " + expected + ", got " + got);
    }
  }

  /** Two connections, one each way, blocking channels with direct buffers. */
  private static Timed raw(long bytes) throws Exception {
    Stopwatch watch = new Stopwatch();
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress("127.0.0.1", 0));
      try (SocketChannel left = SocketChannel.open(server.getLocalAddress());
          SocketChannel right = server.accept()) {
        ByteBuffer[] buffers = new ByteBuffer[4];
        Arrays.setAll(buffers, i -> ByteBuffer.allocateDirect((int) bytes));
        for (int round = 0; round < ROUNDS; round++) {
          watch.start();
          Thread[] threads = {
            new Thread(() -> send(left, buffers[0])),
            new Thread(() -> send(right, buffers[1])),
            new Thread(() -> receive(left, buffers[2])),
            new Thread(() -> receive(right, buffers[3]))
          };
          for (Thread thread : threads) {
            thread.start();
          }
          for (Thread thread : threads) {
            thread.join();
          }
          watch.stop();
        }
      }
    }
    return watch.median();
  }

  private static void send(SocketChannel channel, ByteBuffer buffer) {
    buffer.clear();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void receive(SocketChannel channel, ByteBuffer buffer) {
    buffer.clear();
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer) < 0) {
          throw new EOFException();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
