package org.convoy.driver.exchange.wire;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
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
 * <p>A stranger costs one socket of a bounded number, for a bounded time, and the few bytes of a
 * {@link Visitor}. When all places are taken, it closes the oldest visitor of the host that has the
 * most visitors. So many callers from one host do not keep out another host. An executor that loses
 * its place calls again. When all executors are connected, the port is closed.
 */
final class Door implements AutoCloseable {

  /** Receives callers that have proved themselves. Called by the door's thread. */
  @FunctionalInterface
  interface Admission {
    /** Takes over a socket, and closes it if it does not use it. */
    void admit(SocketChannel socket, int rank);
  }

  /** The most visitors at a time, in addition to one for each executor. */
  static final int MAX_STRANGERS = 32;

  private static final Logger log = LoggerFactory.getLogger(Door.class);
  private static final int BACKLOG = 256;
  private static final long POLL_MILLIS = 250;

  private final MeshSettings settings;
  private final int places;
  private final Strangers strangers;
  private final Admission admission;
  private final Selector selector;
  private final ServerSocketChannel listener;
  private final Set<Visitor> visitors = new LinkedHashSet<>();
  private final Thread thread;
  private volatile Optional<Party> party = Optional.empty();
  private volatile boolean closed;

  /**
   * Listens on the first free port.
   *
   * @param executors W, the number that may call at once
   * @throws ExchangeException if no port is free
   */
  Door(MeshSettings settings, int executors, Strangers strangers, Admission admission) {
    this.settings = settings;
    this.places = executors + MAX_STRANGERS;
    this.strangers = strangers;
    this.admission = admission;
    this.listener = listen(settings);
    try {
      this.selector = Selector.open();
      listener.configureBlocking(false);
      listener.register(selector, SelectionKey.OP_ACCEPT);
    } catch (IOException e) {
      closeQuietly(listener);
      throw new ExchangeException("cannot listen for other executors: " + e.getMessage(), e);
    }
    this.thread = new Thread(this::serve, "convoy-exchange-door");
    thread.setDaemon(true);
    thread.start();
  }

  private static ServerSocketChannel listen(MeshSettings settings) {
    int first = settings.port();
    int last = first == 0 ? 0 : Math.min(65535, first + settings.portRetries());
    for (int port = first; port <= last; port++) {
      try {
        return listen(settings.bindAddress(), port);
      } catch (BindException e) {
        if (port == last) {
          throw cannotListen(settings, first, last, e);
        }
      } catch (IOException e) {
        throw cannotListen(settings, first, last, e);
      }
    }
    throw new AssertionError("unreachable");
  }

  private static ServerSocketChannel listen(String host, int port) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new IOException("the host is unknown");
      }
      return channel.bind(address, BACKLOG);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static ExchangeException cannotListen(
      MeshSettings settings, int first, int last, Throwable cause) {
    String ports =
        first == 0
            ? "any port"
            : first == last ? "port " + first : "ports " + first + " to " + last;
    return new ExchangeException(
        "cannot listen for other executors on "
            + settings.bindAddress()
            + ", "
            + ports
            + " ("
            + cause.getMessage()
            + "): set spark.convoy.exchange.port to the start of a free range, or to 0 for any port;"
            + " spark.convoy.exchange.portRetries widens the range, and"
            + " spark.convoy.exchange.bindAddress chooses another address",
        cause);
  }

  /** The port. */
  int port() {
    return listener.socket().getLocalPort();
  }

  /** Begins to admit callers, now that the members of the run are known. */
  void open(Party known) {
    party = Optional.of(known);
    selector.wakeup();
  }

  private void serve() {
    try {
      while (!closed) {
        selector.select(POLL_MILLIS);
        // Answers come before new visitors, so a caller that answers at once keeps its place.
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.isValid() && key.attachment() instanceof Visitor visitor) {
            attempt(visitor, each -> hear(each, key));
          }
        }
        selector.selectedKeys().clear();
        for (Visitor visitor : List.copyOf(visitors)) {
          if (visitor.complete() && party.isPresent()) {
            attempt(visitor, each -> answer(each, party.get()));
          } else if (visitor.ageNanos() > settings.handshakeTimeout().toNanos()) {
            refuse(
                visitor,
                "did not identify itself within " + settings.handshakeTimeout().toSeconds() + " s");
          }
        }
        welcome();
      }
    } catch (IOException | RuntimeException e) {
      if (!closed) {
        log.error("The exchange port accepts no more callers after an error", e);
      }
    }
  }

  /** Accepts one caller, if there is one. */
  private void welcome() {
    Optional<SocketChannel> socket = accept();
    if (socket.isEmpty()) {
      return;
    }
    if (visitors.size() >= places) {
      makeRoom();
    }
    try {
      socket.get().configureBlocking(false);
      Visitor visitor = new Visitor(socket.get());
      socket.get().register(selector, SelectionKey.OP_READ, visitor);
      visitors.add(visitor);
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
    Map<String, List<Visitor>> byHost =
        visitors.stream().collect(Collectors.groupingBy(Visitor::host));
    List<Visitor> crowd =
        byHost.values().stream().max(Comparator.comparingInt(List::size)).orElseThrow();
    refuse(crowd.get(0), "is one of " + crowd.size() + " callers that do not identify themselves");
  }

  /** An operation on a visitor and its socket. */
  @FunctionalInterface
  private interface Attempt {
    void with(Visitor visitor) throws IOException;
  }

  private void attempt(Visitor visitor, Attempt attempt) {
    try {
      attempt.with(visitor);
    } catch (IOException e) {
      refuse(visitor, "broke its connection before it identified itself");
    }
  }

  private void hear(Visitor visitor, SelectionKey key) throws IOException {
    if (!visitor.read()) {
      refuse(visitor, "left before it identified itself");
    } else if (!visitor.beginsWell()) {
      String first = HexFormat.of().formatHex(visitor.answer(), 0, Handshake.PROTOCOL_BYTES);
      refuse(visitor, "speaks another protocol (first bytes " + first + ")");
    } else if (visitor.complete()) {
      // Nothing more is read from it here. A caller may call before this executor has returned from
      // the rendezvous; then the caller waits.
      key.cancel();
    }
  }

  private void answer(Visitor visitor, Party known) throws IOException {
    byte[] answer = visitor.answer();
    Optional<String> objection = known.objection(visitor.challenge(), answer);
    if (objection.isPresent()) {
      refuse(visitor, objection.get());
      return;
    }
    visitor.say(known.handshake().calleeProof(visitor.challenge(), answer));
    visitors.remove(visitor);
    admission.admit(visitor.socket(), Handshake.caller(answer).from());
  }

  private void refuse(Visitor visitor, String reason) {
    visitors.remove(visitor);
    strangers.refuse(visitor.remote(), reason);
    closeQuietly(visitor.socket());
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
    for (Visitor visitor : visitors) {
      closeQuietly(visitor.socket());
    }
    visitors.clear();
    closeQuietly(listener);
    try {
      selector.close();
    } catch (IOException e) {
      log.debug("A selector did not close", e);
    }
  }
}
