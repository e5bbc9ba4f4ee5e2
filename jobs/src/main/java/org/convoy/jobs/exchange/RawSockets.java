package org.convoy.jobs.exchange;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.convoy.driver.exchange.sums.Exchange;

/**
 * The bound on an exchange: a blocking connection to each other process, over which this one sends
 * and receives a number of bytes at once, from and to memory as large. A thread for each direction.
 */
final class RawSockets implements AutoCloseable {
  /** A connection, what it sends, and where it receives. */
  private record Connection(SocketChannel channel, ByteBuffer out, ByteBuffer in) {}

  private final List<Connection> connections = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** What a process tells the others. */
  private record Told(String host, int port, int bytes) {
    byte[] encode() {
      return (host + " " + port + " " + bytes).getBytes(StandardCharsets.UTF_8);
    }

    static Told decode(byte[] text) {
      String[] words = new String(text, StandardCharsets.UTF_8).split(" ");
      return new Told(words[0], Integer.parseInt(words[1]), Integer.parseInt(words[2]));
    }
  }

  /**
   * Connects all processes; all call it together.
   *
   * @param host the address that the others reach this process by
   * @param bytes that each process sends to all others together, in each round
   */
  RawSockets(Exchange exchange, String host, long bytes) throws IOException {
    int others = exchange.size() - 1;
    int own = Math.toIntExact(bytes / Math.max(1, others));
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(host, 0));
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      List<Told> told = new ArrayList<>();
      for (byte[] each : exchange.allGather(new Told(host, port, own).encode())) {
        told.add(Told.decode(each));
      }
      for (Told callee : told.subList(0, exchange.rank())) {
        SocketChannel channel =
            SocketChannel.open(new InetSocketAddress(callee.host(), callee.port()));
        ByteBuffer hello = ByteBuffer.allocate(Integer.BYTES).putInt(exchange.rank()).flip();
        send(channel, hello);
        connections.add(connection(channel, own, callee.bytes()));
      }
      for (int i = exchange.rank() + 1; i < exchange.size(); i++) {
        SocketChannel channel = server.accept();
        ByteBuffer hello = ByteBuffer.allocate(Integer.BYTES);
        receive(channel, hello);
        connections.add(connection(channel, own, told.get(hello.getInt(0)).bytes()));
      }
    }
  }

  private static Connection connection(SocketChannel channel, int out, int in) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return new Connection(channel, ByteBuffer.allocateDirect(out), ByteBuffer.allocateDirect(in));
  }

  /** Sends and receives everything once. */
  void move() throws IOException, InterruptedException {
    List<Callable<Integer>> work = new ArrayList<>();
    for (Connection each : connections) {
      work.add(() -> send(each.channel(), each.out().clear()));
      work.add(() -> receive(each.channel(), each.in().clear()));
    }
    for (Future<Integer> done : threads.invokeAll(work)) {
      try {
        done.get();
      } catch (ExecutionException e) {
        throw new IOException("a plain socket failed", e.getCause());
      }
    }
  }

  private static int send(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    return buffer.position();
  }

  private static int receive(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the other process closed its connection");
      }
    }
    return buffer.position();
  }

  @Override
  public void close() throws IOException {
    threads.shutdown();
    for (Connection each : connections) {
      each.channel().close();
    }
  }
}
