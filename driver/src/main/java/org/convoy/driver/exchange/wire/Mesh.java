package org.convoy.driver.exchange.wire;

import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TCP connections between all executors. Operations on vectors send frames over them.
 *
 * <p>Executors exchange addresses at the {@link Rendezvous}; then rank i calls every rank below it.
 * Both ends of a connection prove by the {@link Handshake} that they know the token that rank 0
 * drew for this run, and with {@code spark.authenticate} the application's secret. Nothing else is
 * read from a caller before that. Then Spark's own authentication follows, if it is on, and its
 * ciphers stay in the pipeline if its network encryption is on. After that {@link Frame}s flow.
 * When all executors are connected, the port is closed.
 *
 * <p>Once an executor is lost, every blocked and every later call throws {@link PeerLostException}.
 * By then the network threads no longer use the caller's memory. One thread at a time may use a
 * mesh; {@link #abort} and {@link #close} may be called from any thread.
 */
public final class Mesh implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Mesh.class);
  private static final long GOODBYE_MILLIS = 1500;
  private static final long QUIET_POLL_NANOS = 100_000;

  private final MeshSettings settings;
  private final int rank;
  private final int size;
  private final RefusedConnections refused = new RefusedConnections();
  private final Map<Integer, Peer> peers = new ConcurrentHashMap<>();
  private final CompletableFuture<Membership> membership = new CompletableFuture<>();
  private final Watch watch = new Watch();
  private final LongAdder bytesSent = new LongAdder();
  private final LongAdder bytesReceived = new LongAdder();
  private final AtomicInteger working = new AtomicInteger();
  private final Optional<ChannelSetup> setup;
  private volatile boolean closed;

  private Mesh(MeshSettings settings, int rank, int size) {
    this.settings = settings;
    this.rank = rank;
    this.size = size;
    this.setup = size == 1 ? Optional.empty() : Optional.of(new ChannelSetup(settings, this::join));
  }

  /**
   * Finds the other executors and connects to all of them. All ranks call this together.
   *
   * @param rank this executor, 0 to {@code size - 1}
   * @param size W; with 1 there is no network and no other executor
   * @throws ExchangeException if no port is free, or if a peer cannot be reached or refuses; the
   *     message names it
   */
  public static Mesh open(MeshSettings settings, int rank, int size, Rendezvous rendezvous) {
    if (rank < 0 || rank >= size) {
      throw new IllegalArgumentException("expected a rank of 0 to " + (size - 1) + ", got " + rank);
    }
    Mesh mesh = new Mesh(settings, rank, size);
    try {
      mesh.setup.ifPresent(channels -> mesh.connect(channels, rendezvous));
      return mesh;
    } catch (RuntimeException | Error e) {
      mesh.abort("could not open its mesh: " + e.getMessage());
      mesh.close();
      throw e;
    }
  }

  private void connect(ChannelSetup channels, Rendezvous rendezvous) {
    Connector connector = new Connector(settings, rank, size);
    try (Acceptor acceptor = new Acceptor(settings, size, refused, channels::admit)) {
      Membership known = connector.gather(acceptor.port(), rendezvous);
      membership.complete(known);
      acceptor.open(known);
      for (int i = 0; i < rank; i++) {
        channels.called(connector.call(known, i), known.addresses().get(i));
        peer(i).sayReady();
      }
      awaitCallers(known.addresses());
    }
    log.info(
        "Exchange of {} executors is open: this is {}, authentication {}",
        size,
        membership.join().addresses().get(rank),
        settings.security().isPresent() ? "on" : "off");
  }

  /** Starts frames on a channel; false if that rank has a connection already. */
  private boolean join(Channel channel, int other) {
    int longestWrite = setup.orElseThrow().longestWrite(channel);
    Peer peer = new Peer(this, membership.join().addresses().get(other), channel, longestWrite);
    if (closed || peers.putIfAbsent(other, peer) != null) {
      return false;
    }
    setup.orElseThrow().changeOver(channel, peer);
    return true;
  }

  private void awaitCallers(List<Address> addresses) {
    long deadline = System.nanoTime() + settings.handshakeTimeout().toNanos();
    for (Address address : addresses) {
      if (address.rank() != rank) {
        await(
            () -> peers.containsKey(address.rank()) && peer(address.rank()).isReady(),
            () -> deadline - System.nanoTime(),
            () ->
                lost(
                    address,
                    "did not connect within " + settings.handshakeTimeout().toSeconds() + " s"));
      }
    }
  }

  /** This executor's rank. */
  public int rank() {
    return rank;
  }

  /** W, the number of executors. */
  public int size() {
    return size;
  }

  /** What has been exchanged so far. */
  public Traffic traffic() {
    return new Traffic(bytesSent.sum(), bytesReceived.sum(), watch.nanosWaited());
  }

  /** How many connections from outside the run were refused so far. */
  public int refusedConnections() {
    return refused.refused();
  }

  /** The address on which this executor listened for the others; port 0 if there are none. */
  public String listenedAt() {
    return membership.isDone()
        ? settings.host() + ":" + membership.join().addresses().get(rank).port()
        : settings.host() + ":0";
  }

  Peer peer(int other) {
    return Optional.ofNullable(peers.get(other))
        .orElseThrow(() -> new IllegalStateException("rank " + rank + " has no peer " + other));
  }

  /** Posts a receive for the next frame from a peer. */
  public void post(int from, Receive receive) {
    peer(from).post(receive);
  }

  /** Sends frames to a peer, in order; returns at once. */
  public void send(int to, List<Outgoing> frames) {
    peer(to).send(frames);
  }

  /**
   * Lets a network thread do some work on the caller's memory, or the caller's thread if there is
   * no network. Returns at once.
   */
  public void work(Runnable work) {
    if (setup.isEmpty()) {
      work.run();
      return;
    }
    working.incrementAndGet();
    setup.get().execute(() -> doWork(work));
  }

  private void doWork(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      failed("what has come", e);
    } finally {
      working.decrementAndGet();
      watch.changed();
    }
  }

  /** Waits until all {@link #work} is done. */
  public void awaitWork() {
    await(() -> working.get() == 0, () -> Long.MAX_VALUE, () -> {});
  }

  /** Throws if the exchange has failed or is closed. */
  public void check() {
    try {
      watch.check();
    } catch (ExchangeException e) {
      awaitQuiet();
      throw e;
    }
  }

  /** Waits for a frame. */
  public ByteBuffer await(int from, Receive receive) {
    if (!receive.done()) {
      Peer peer = peer(from);
      await(peer, receive::done, "delivered nothing", receive.what());
    }
    return receive.payload();
  }

  /** Waits until everything sent so far has left this process, so that its memory may change. */
  public void awaitSent() {
    for (Peer peer : peers.values()) {
      await(peer, () -> peer.unsent() == 0, "took nothing", "frames sent to it");
    }
  }

  private void await(Peer peer, BooleanSupplier done, String not, String what) {
    await(
        done,
        new Patience(settings.stallTimeout().toNanos(), peer::lastProgress, this::sayWaiting),
        () ->
            lost(
                peer.address(),
                not + " for " + settings.stallTimeout().toSeconds() + " s: waiting for " + what));
  }

  private void sayWaiting() {
    peers.values().forEach(Peer::sayWaiting);
  }

  private void await(BooleanSupplier done, LongSupplier patience, Runnable impatient) {
    try {
      watch.await(done, patience, impatient);
    } catch (InterruptedException e) {
      abort("was interrupted");
      awaitQuiet();
      Thread.currentThread().interrupt();
      throw new ExchangeException("interrupted while waiting for another executor", e);
    } catch (ExchangeException e) {
      awaitQuiet();
      throw e;
    }
  }

  /**
   * Waits, after a failure, until the network threads no longer use any memory that was posted or
   * sent. Then the caller may free it.
   */
  private void awaitQuiet() {
    long deadline = System.nanoTime() + 2 * TimeUnit.MILLISECONDS.toNanos(GOODBYE_MILLIS);
    while (!isQuiet() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(QUIET_POLL_NANOS);
    }
  }

  private boolean isQuiet() {
    return working.get() == 0 && peers.values().stream().allMatch(Peer::quiet);
  }

  void changed() {
    watch.changed();
  }

  /** Gives up because a network thread failed. */
  void failed(String what, Throwable cause) {
    log.error("The exchange cannot process {}", what, cause);
    abort("could not process " + what + ": " + cause);
  }

  void countSent(int bytes) {
    bytesSent.add(bytes);
    watch.changed();
  }

  void countReceived(int bytes) {
    bytesReceived.add(bytes);
  }

  /** Records that a peer is lost, and tells the others. Only the first loss counts. */
  void lost(Address address, String how) {
    fail(address, how, address.rank(), how);
  }

  /** Records that a peer has given up, because of its own failure or another executor's. */
  void aborted(Peer reporter, int culprit, String reason) {
    List<Address> addresses = membership.join().addresses();
    Address source = reporter.address();
    if (culprit == rank) {
      fail(source, "gave up this executor, which " + reason, rank, reason);
    } else if (culprit == source.rank() || culprit < 0 || culprit >= size) {
      fail(source, reason, source.rank(), reason);
    } else {
      fail(addresses.get(culprit), reason + " (reported by " + source + ")", culprit, reason);
    }
  }

  /**
   * Fails.
   *
   * @param named the executor that this one's error names
   * @param how what it did
   * @param culprit the rank that the others are told is lost
   * @param reason what they are told that it did
   */
  private void fail(Address named, String how, int culprit, String reason) {
    if (closed) {
      return;
    }
    String message = named + " " + how;
    if (watch.fail(() -> new PeerLostException(named.rank(), named.executorId(), message))) {
      log.error("Lost an executor: {}", message);
      tellOthers(culprit, reason);
    }
  }

  private void tellOthers(int culprit, String how) {
    peers.values().forEach(peer -> peer.abort(culprit, how));
  }

  /**
   * Gives up because of a failure of this executor. The others fail at once, and their errors name
   * this rank and the reason.
   */
  public void abort(String reason) {
    if (!closed && watch.fail(() -> new ExchangeException("this executor gave up: " + reason))) {
      tellOthers(rank, reason);
    }
  }

  /** Says goodbye, closes the connections, joins the threads. To be called by all ranks. */
  @Override
  public void close() {
    synchronized (refused) {
      if (closed) {
        return;
      }
      closed = true;
    }
    if (watch.fail(() -> new ExchangeException("this mesh is closed"))) {
      peers.values().forEach(Peer::bye);
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GOODBYE_MILLIS);
    for (Peer peer : peers.values()) {
      peer.channel()
          .closeFuture()
          .awaitUninterruptibly(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
    setup.ifPresent(ChannelSetup::close);
    if (refused.refused() > 0) {
      log.info("The exchange refused {} connections from outside the run", refused.refused());
    }
  }
}
