package org.convoy.driver.exchange.wire;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the port that other executors call. Its thread serves each caller until the caller has
 * proved by its {@link Handshake} that it belongs to the run. Other classes see a connection only
 * after that.
 *
 * <p>A caller from outside the run costs one socket of a bounded number, for a bounded time, and
 * the few bytes of a {@link PendingConnection}. When all places are taken, the acceptor closes the
 * oldest pending connection of the host that has the most. So many callers from one host do not
 * keep out another host. An executor that loses its place calls again. When all executors are
 * connected, the port is closed.
 */
final class Acceptor implements AutoCloseable {

  /** Receives callers that have proved themselves. Called by the acceptor's thread. */
  @FunctionalInterface
  interface Admission {
    /** Takes over a socket, and closes it if it does not use it. */
    void admit(SocketChannel socket, int rank);
  }

  /** The most pending connections at a time, in addition to one for each executor. */
  static final int MAX_OUTSIDERS = 32;

  private static final Logger log = LoggerFactory.getLogger(Acceptor.class);
  private static final long POLL_MILLIS = 250;

  private final MeshSettings settings;
  private final int places;
  private final RefusedConnections refused;
  private final Admission admission;
  private final Selector selector;
  private final ServerSocketChannel listener;
  private final Set<PendingConnection> pending = new LinkedHashSet<>();
  private final Thread thread;
  private volatile Optional<Membership> membership = Optional.empty();
  private volatile boolean closed;

  /**
   * Listens on the first free port.
   *
   * @param executors W, the number that may call at once
   * @throws ExchangeException if no port is free
   */
  Acceptor(MeshSettings settings, int executors, RefusedConnections refused, Admission admission) {
    this.settings = settings;
    this.places = executors + MAX_OUTSIDERS;
    this.refused = refused;
    this.admission = admission;
    this.listener = ListeningPort.firstFree(settings);
    try {
      this.selector = Selector.open();
      listener.configureBlocking(false);
      listener.register(selector, SelectionKey.OP_ACCEPT);
    } catch (IOException e) {
      closeQuietly(listener);
      throw new ExchangeException("cannot listen for other executors: " + e.getMessage(), e);
    }
    this.thread = new Thread(this::serve, "convoy-exchange-acceptor");
    thread.setDaemon(true);
    thread.start();
  }

  /** The port. */
  int port() {
    return listener.socket().getLocalPort();
  }

  /** Begins to admit callers, now that the members of the run are known. */
  void open(Membership known) {
    membership = Optional.of(known);
    selector.wakeup();
  }

  private void serve() {
    try {
      while (!closed) {
        selector.select(POLL_MILLIS);
        // Answers come before new connections, so a caller that answers at once keeps its place.
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.isValid() && key.attachment() instanceof PendingConnection connection) {
            attempt(connection, each -> receive(each, key));
          }
        }
        selector.selectedKeys().clear();
        for (PendingConnection connection : List.copyOf(pending)) {
          if (connection.complete() && membership.isPresent()) {
            attempt(connection, each -> answer(each, membership.get()));
          } else if (connection.ageNanos() > settings.handshakeTimeout().toNanos()) {
            refuse(
                connection,
                "did not identify itself within " + settings.handshakeTimeout().toSeconds() + " s");
          }
        }
        acceptOne();
      }
    } catch (IOException | RuntimeException e) {
      if (!closed) {
        log.error("The exchange port accepts no more callers after an error", e);
      }
    }
  }

  /** Accepts one caller, if there is one. */
  private void acceptOne() {
    Optional<SocketChannel> socket = accept();
    if (socket.isEmpty()) {
      return;
    }
    if (pending.size() >= places) {
      makeRoom();
    }
    try {
      socket.get().configureBlocking(false);
      PendingConnection connection = new PendingConnection(socket.get());
      socket.get().register(selector, SelectionKey.OP_READ, connection);
      pending.add(connection);
    } catch (IOException e) {
      closeQuietly(socket.get());
    }
  }

  private Optional<SocketChannel> accept() {
    try {
      return Optional.ofNullable(listener.accept());
    } catch (IOException e) {
      // No descriptor is left, or the caller has already left. Try again a little later.
      pause();
      return Optional.empty();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void makeRoom() {
    Map<String, List<PendingConnection>> byHost =
        pending.stream().collect(Collectors.groupingBy(PendingConnection::host));
    List<PendingConnection> crowd =
        byHost.values().stream().max(Comparator.comparingInt(List::size)).orElseThrow();
    refuse(crowd.get(0), "is one of " + crowd.size() + " callers that do not identify themselves");
  }

  /** An operation on a pending connection. */
  @FunctionalInterface
  private interface Attempt {
    void with(PendingConnection connection) throws IOException;
  }

  private void attempt(PendingConnection connection, Attempt attempt) {
    try {
      attempt.with(connection);
    } catch (IOException e) {
      refuse(connection, "broke its connection before it identified itself");
    }
  }

  private void receive(PendingConnection connection, SelectionKey key) throws IOException {
    if (!connection.read()) {
      refuse(connection, "left before it identified itself");
    } else if (!connection.mayBeAnswer()) {
      String first = HexFormat.of().formatHex(connection.answer(), 0, Handshake.PROTOCOL_BYTES);
      refuse(connection, "speaks another protocol (first bytes " + first + ")");
    } else if (connection.complete()) {
      // Nothing more is read from it here. A caller may call before this executor has returned from
      // the rendezvous; then the caller waits.
      key.cancel();
    }
  }

  private void answer(PendingConnection connection, Membership known) throws IOException {
    byte[] answer = connection.answer();
    Optional<String> objection = known.objection(connection.challenge(), answer);
    if (objection.isPresent()) {
      refuse(connection, objection.get());
      return;
    }
    connection.send(known.handshake().calleeProof(connection.challenge(), answer));
    pending.remove(connection);
    admission.admit(connection.socket(), Handshake.caller(answer).from());
  }

  private void refuse(PendingConnection connection, String reason) {
    pending.remove(connection);
    refused.refuse(connection.remote(), reason);
    closeQuietly(connection.socket());
  }

  private static void closeQuietly(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("A connection did not close", e);
    }
  }

  /** Stops listening, closes the connections that wait, and ends the thread. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    for (PendingConnection connection : pending) {
      closeQuietly(connection.socket());
    }
    pending.clear();
    closeQuietly(listener);
    try {
      selector.close();
    } catch (IOException e) {
      log.debug("A selector did not close", e);
    }
  }
}
