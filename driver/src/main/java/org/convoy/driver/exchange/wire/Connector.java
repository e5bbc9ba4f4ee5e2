package org.convoy.driver.exchange.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Connects executors that do not know each other yet. They exchange addresses at the rendezvous.
 * Then every rank calls the ranks below it, and both ends prove that they belong to the run.
 */
final class Connector {

  private static final int TOKEN_BYTES = 32;
  private static final long PAUSE_MILLIS = 50;

  private final MeshSettings settings;
  private final int rank;
  private final int size;

  Connector(MeshSettings settings, int rank, int size) {
    this.settings = settings;
    this.rank = rank;
    this.size = size;
  }

  /**
   * Sends this executor's address to all others, and receives theirs.
   *
   * @param port the port that this executor listens on
   */
  Membership gather(int port, Rendezvous rendezvous) {
    String token = rank == 0 ? newToken() : "";
    Address own = new Address(rank, settings.executorId(), settings.host(), port, token);
    String[] all = rendezvous.allGather(own.encode());
    if (all.length != size) {
      throw new ExchangeException(
          "expected " + size + " executors at the rendezvous, got " + all.length);
    }
    List<Address> addresses = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      addresses.add(Address.decode(all[i], i));
    }
    String secret = settings.security().map(ChannelSecurity::secret).orElse("");
    return new Membership(rank, addresses, new Handshake(addresses.get(0).token(), secret));
  }

  private static String newToken() {
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    return HexFormat.of().formatHex(token);
  }

  /**
   * Calls another executor. A connection that ends before the callee has answered is tried again:
   * where many others call, a caller may lose its place at the callee's {@link Acceptor}.
   *
   * @return a socket whose other end has proved that it belongs to this run
   */
  SocketChannel call(Membership membership, int to) {
    Address callee = membership.addresses().get(to);
    long deadline = System.nanoTime() + settings.handshakeTimeout().toNanos();
    while (true) {
      SocketChannel socket = connect(callee);
      try {
        shakeHands(socket.socket(), membership, to, deadline);
        return socket;
      } catch (IOException | RuntimeException e) {
        closeQuietly(socket);
        if (e instanceof ExchangeException refusal) {
          throw refusal;
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new ExchangeException("interrupted while calling " + callee, e);
        }
        if (System.nanoTime() >= deadline) {
          throw new ExchangeException(
              callee + " did not admit this executor: " + e.getMessage(), e);
        }
        pause(callee);
      }
    }
  }

  private SocketChannel connect(Address callee) {
    try {
      SocketChannel socket = SocketChannel.open();
      try {
        InetSocketAddress address = new InetSocketAddress(callee.host(), callee.port());
        if (address.isUnresolved()) {
          throw new IOException("its host name is unknown here");
        }
        socket.socket().connect(address, Math.toIntExact(settings.handshakeTimeout().toMillis()));
        return socket;
      } catch (IOException | RuntimeException e) {
        closeQuietly(socket);
        throw e;
      }
    } catch (IOException e) {
      throw new ExchangeException("cannot connect to " + callee + ": " + e.getMessage(), e);
    }
  }

  private static void shakeHands(Socket socket, Membership membership, int to, long deadline)
      throws IOException {
    socket.setTcpNoDelay(true);
    byte[] challenge = read(socket, Handshake.CHALLENGE_BYTES, deadline);
    Optional<byte[]> answer = membership.handshake().answer(challenge, membership.call(to));
    if (answer.isEmpty()) {
      throw new ExchangeException(
          membership.addresses().get(to)
              + " speaks another protocol (first bytes "
              + HexFormat.of().formatHex(challenge, 0, Handshake.PROTOCOL_BYTES)
              + "): are all executors of the same version?");
    }
    socket.getOutputStream().write(answer.get());
    byte[] proof = read(socket, Handshake.PROOF_BYTES, deadline);
    if (!MessageDigest.isEqual(
        proof, membership.handshake().calleeProof(challenge, answer.get()))) {
      throw new ExchangeException(
          membership.addresses().get(to)
              + " does not know this run's token or the application's secret");
    }
    socket.setSoTimeout(0);
  }

  private static byte[] read(Socket socket, int count, long deadline) throws IOException {
    byte[] bytes = new byte[count];
    InputStream in = socket.getInputStream();
    int have = 0;
    while (have < count) {
      long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      socket.setSoTimeout((int) Math.max(1, left));
      int read = in.read(bytes, have, count - have);
      if (read < 0) {
        throw new EOFException("it closed the connection in the handshake");
      }
      have += read;
    }
    return bytes;
  }

  private static void pause(Address callee) {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExchangeException("interrupted while calling " + callee, e);
    }
  }

  private static void closeQuietly(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // The socket is not used again, so a failure to close it does not matter.
    }
  }
}
