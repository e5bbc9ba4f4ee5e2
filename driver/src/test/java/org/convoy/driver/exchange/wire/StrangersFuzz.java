package org.convoy.driver.exchange.wire;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.SplittableRandom;

/**
 * A stranger that tries everything at an exchange port: malformed frames, huge lengths, slow
 * senders, resets, floods, and handshakes of other runs. Each connection is a function of the seed
 * and its number.
 */
final class StrangersFuzz implements Closeable {

  /** Connections that it leaves open. */
  static final int HELD = 100;

  private final String host;
  private final int port;
  private final SplittableRandom random;
  private final Deque<SocketChannel> held = new ArrayDeque<>();

  StrangersFuzz(String host, int port, long seed) {
    this.host = host;
    this.port = port;
    this.random = new SplittableRandom(seed);
  }

  /**
   * Messages of Spark's protocol that pass for a short request and then claim names of {@code
   * claimed} bytes.
   */
  static byte[] bomb(int claimed) {
    byte[] body = "no hello".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.allocate(62_000);
    bytes.putLong(8 + 1 + 8 + 4 + body.length).put((byte) 3).putLong(1).putInt(body.length);
    bytes.put(body);
    while (bytes.remaining() >= 13) {
      bytes.putLong(8 + 1 + 4).put((byte) 6).putInt(claimed);
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Makes connections, and leaves some of them open. */
  void attack(int connections) throws IOException {
    for (int i = 0; i < connections; i++) {
      SocketChannel socket = SocketChannel.open();
      socket.socket().connect(new InetSocketAddress(host, port), 10_000);
      held.add(socket);
      try {
        trouble(socket.socket());
      } catch (IOException e) {
        // Refused in the middle of it, as it should be.
      }
      while (held.size() > HELD) {
        held.remove().close();
      }
    }
  }

  private void trouble(Socket socket) throws IOException {
    switch (random.nextInt(9)) {
      case 0 -> socket.getOutputStream().write(noise(random.nextInt(1, 5000)));
      case 1 -> socket.getOutputStream().write(bomb(random.nextInt(1, 1 << 30)));
      case 2 -> socket.getOutputStream().write(frame());
      case 3 -> socket.getOutputStream().write(protocolAnd(noise(random.nextInt(0, 200))));
      case 4 -> socket.getOutputStream().write(protocolAnd(new byte[0])); // and then silence
      case 5 -> answerForAnotherRun(socket);
      case 6 -> socket.shutdownOutput();
      case 7 -> reset(socket);
      default -> {
        // Silence from the beginning.
      }
    }
  }

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A frame as executors send it to each other, of any kind and length, without a handshake. */
  private byte[] frame() {
    int kind = Frame.READY + random.nextInt(5);
    return ByteBuffer.allocate(Frame.HEADER_BYTES + 100)
        .putInt(kind)
        .putInt(random.nextInt(3))
        .putInt(random.nextInt(3))
        .putInt(random.nextInt())
        .array();
  }

  private static byte[] protocolAnd(byte[] rest) {
    return ByteBuffer.allocate(Handshake.PROTOCOL_BYTES + rest.length)
        .put(Handshake.challenge(), 0, Handshake.PROTOCOL_BYTES)
        .put(rest)
        .array();
  }

  private void answerForAnotherRun(Socket socket) throws IOException {
    socket.setSoTimeout(2000);
    byte[] challenge = socket.getInputStream().readNBytes(Handshake.CHALLENGE_BYTES);
    if (challenge.length == Handshake.CHALLENGE_BYTES) {
      Handshake other = new Handshake("another run", "");
      Handshake.Call call = new Handshake.Call(1 + random.nextInt(3), 0, 3);
      byte[] answer = other.answer(challenge, call).orElseThrow();
      socket.getOutputStream().write(answer, 0, random.nextInt(60, answer.length + 1));
    }
  }

  private static void reset(Socket socket) throws IOException {
    socket.getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel socket : held) {
      socket.close();
    }
  }
}
