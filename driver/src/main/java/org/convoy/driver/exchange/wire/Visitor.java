package org.convoy.driver.exchange.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A connection at the {@link Door} that has not proved yet that it belongs to the run. It costs a
 * socket and {@value Handshake#ANSWER_BYTES} bytes, whatever the caller sends. Used by the door's
 * thread alone.
 */
final class Visitor {

  private final SocketChannel socket;
  private final SocketAddress remote;
  private final long since = System.nanoTime();
  private final byte[] challenge = Handshake.challenge();
  private final ByteBuffer answer = ByteBuffer.allocate(Handshake.ANSWER_BYTES);

  /** Takes a connection and sends the challenge. */
  Visitor(SocketChannel socket) throws IOException {
    this.socket = socket;
    this.remote = socket.getRemoteAddress();
    say(challenge);
  }

  SocketChannel socket() {
    return socket;
  }

  SocketAddress remote() {
    return remote;
  }

  /** The host that it calls from, without its port. */
  String host() {
    return remote instanceof InetSocketAddress inet
        ? inet.getAddress().getHostAddress()
        : remote.toString();
  }

  /** How long it has been here. */
  long ageNanos() {
    return System.nanoTime() - since;
  }

  /**
   * Reads what has come of the answer, and nothing behind it.
   *
   * @return false if the caller has left
   */
  boolean read() throws IOException {
    return socket.read(answer) >= 0;
  }

  /** Whether what has come may be the beginning of an answer. */
  boolean beginsWell() {
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

  /** Sends a few bytes, for which a new connection has room. */
  void say(byte[] bytes) throws IOException {
    if (socket.write(ByteBuffer.wrap(bytes)) != bytes.length) {
      throw new IOException("takes no bytes");
    }
  }
}
