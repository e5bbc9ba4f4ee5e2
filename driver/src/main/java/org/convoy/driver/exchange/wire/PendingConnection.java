package org.convoy.driver.exchange.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A connection at the {@link Acceptor} that has not yet proved that it belongs to the run. It costs
 * a socket and {@value Handshake#ANSWER_BYTES} bytes, whatever the caller sends. Only the
 * acceptor's thread uses it.
 */
final class PendingConnection {

  private final SocketChannel socket;
  private final SocketAddress remote;
  private final long since = System.nanoTime();
  private final byte[] challenge = Handshake.challenge();
  private final ByteBuffer answer = ByteBuffer.allocate(Handshake.ANSWER_BYTES);

  /** Takes a connection and sends the challenge. */
  PendingConnection(SocketChannel socket) throws IOException {
    this.socket = socket;
    this.remote = socket.getRemoteAddress();
    send(challenge);
  }

  SocketChannel socket() {
    return socket;
  }

  SocketAddress remote() {
    return remote;
  }

  /** The caller's host, without its port. */
  String host() {
    return remote instanceof InetSocketAddress inet
        ? inet.getAddress().getHostAddress()
        : remote.toString();
  }

  /** The time since it was accepted. */
  long ageNanos() {
    return System.nanoTime() - since;
  }

  /**
   * Reads the bytes of the answer that have come, and nothing after the answer.
   *
   * @return false if the caller has left
   */
  boolean read() throws IOException {
    return socket.read(answer) >= 0;
  }

  /** Whether the bytes so far may be the beginning of an answer. */
  boolean mayBeAnswer() {
    return Handshake.beginsWell(answer.array(), answer.position());
  }

  boolean complete() {
    return !answer.hasRemaining();
  }

  byte[] challenge() {
    return challenge;
  }

  /** The answer, once {@link #complete}. */
  byte[] answer() {
    return answer.array();
  }

  /** Sends a few bytes. A new connection always has room for them. */
  void send(byte[] bytes) throws IOException {
    if (socket.write(ByteBuffer.wrap(bytes)) != bytes.length) {
      throw new IOException("takes no bytes");
    }
  }
}
