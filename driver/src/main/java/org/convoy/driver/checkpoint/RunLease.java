package org.convoy.driver.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.util.ShutdownHookManager;
import org.convoy.settings.RequestException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exclusive right of a run to its folder: the file {@code run.lease}, which names the training
 * process and is renewed while the process lives. The file remains after a crash, and another run
 * can take it over:
 *
 * <ul>
 *   <li>at once, if its process ran on this machine and is gone;
 *   <li>otherwise after the file has not changed for {@link #EXPIRY}, by the clock of the waiting
 *       process. Clocks of two machines are never compared.
 * </ul>
 *
 * <p>At each renewal the holder checks that the lease is still its own. If its machine was
 * suspended for longer than the expiry, another run may have taken the lease over; then the holder
 * detects this and ends.
 */
public final class RunLease implements AutoCloseable {
  /** Name of the file in the run's folder. */
  public static final String FILE = "run.lease";

  /** A lease that has not changed for this time is free. */
  public static final Duration EXPIRY = Duration.ofSeconds(60);

  private static final String TAKING = "." + FILE + ".taking";
  private static final Duration RENEWAL = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(RunLease.class);

  /** Shutdown order: before Hadoop closes its file systems, after Spark has stopped. */
  private static final int SHUTDOWN_PRIORITY = 20;

  private final HadoopStore store;
  private final Consumer<String> lost;
  private final ScheduledExecutorService clock;
  private final Runnable atShutdown = this::release;
  private LeaseHolder self;
  private boolean held = true;
  private boolean warned;

  private RunLease(HadoopStore store, LeaseHolder self, Consumer<String> lost, Duration renewal) {
    this.store = store;
    this.self = self;
    this.lost = lost;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "run lease");
              thread.setDaemon(true);
              return thread;
            });
    long millis = renewal.toMillis();
    clock.scheduleWithFixedDelay(this::renew, millis, millis, TimeUnit.MILLISECONDS);
    ShutdownHookManager.get().addShutdownHook(atShutdown, SHUTDOWN_PRIORITY);
  }

  /**
   * Takes the lease of a folder. Waits up to {@link #EXPIRY} if it cannot decide at once whether an
   * existing lease is still held.
   *
   * @param store store with the run's folder as root
   * @param lost called once, on another thread, with the reason if another run takes the lease over
   * @throws RequestException if another run holds the lease; the message names the holder
   */
  public static RunLease acquire(HadoopStore store, Consumer<String> lost)
      throws IOException, InterruptedException {
    return acquire(store, lost, RENEWAL, EXPIRY);
  }

  static RunLease acquire(
      HadoopStore store, Consumer<String> lost, Duration renewal, Duration expiry)
      throws IOException, InterruptedException {
    LeaseHolder self = LeaseHolder.here();
    while (!create(store, FILE, self)) {
      refuseIfHeldHere(store);
      Optional<byte[]> there = read(store, FILE);
      if (there.isPresent()
          && isDead(store, FILE, there.get(), renewal, expiry)
          && takeOver(store, there.get(), self, renewal, expiry)) {
        break;
      }
    }
    return new RunLease(store, self, lost, renewal);
  }

  /**
   * Checks once, without waiting.
   *
   * @throws RequestException if a process of this machine holds the folder; the message names it
   */
  public static void refuseIfHeldHere(HadoopStore store) throws IOException {
    Optional<LeaseHolder> holder = read(store, FILE).flatMap(LeaseHolder::of);
    if (holder.isPresent() && holder.get().isOfThisMachine() && holder.get().isAlive()) {
      throw taken(store, holder);
    }
  }

  private static boolean create(HadoopStore store, String name, LeaseHolder self)
      throws IOException {
    OutputStream created;
    try {
      created = store.createNew(name);
    } catch (FileAlreadyExistsException e) {
      return false;
    }
    try (OutputStream out = created) {
      out.write(self.toBytes());
      return true;
    } catch (IOException e) {
      store.delete(name);
      throw new IOException(
          String.format(
              Locale.ROOT, "could not write %s: %s", store.describe(name), e.getMessage()),
          e);
    }
  }

  private static Optional<byte[]> read(HadoopStore store, String name) throws IOException {
    try (InputStream in = store.open(name)) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether the holder of a lease file is dead. Waits if this cannot be decided at once.
   *
   * @return false if the file disappeared
   * @throws RequestException if the lease is renewed
   */
  private static boolean isDead(
      HadoopStore store, String name, byte[] seen, Duration renewal, Duration expiry)
      throws IOException, InterruptedException {
    Optional<LeaseHolder> holder = LeaseHolder.of(seen);
    if (holder.isPresent() && holder.get().isOfThisMachine()) {
      return !holder.get().isAlive();
    }
    LOG.warn(
        "{} is held by {}; waiting at most {} s to see whether that run is alive",
        store.describe(""),
        holder.map(LeaseHolder::describe).orElse("an unknown run"),
        expiry.toSeconds());
    long end = System.nanoTime() + expiry.toNanos();
    while (System.nanoTime() < end) {
      Thread.sleep(Math.max(1, renewal.toMillis() / 10));
      Optional<byte[]> now = read(store, name);
      if (now.isEmpty()) {
        return false;
      }
      if (!Arrays.equals(now.get(), seen)) {
        throw taken(store, now.flatMap(LeaseHolder::of).or(() -> holder));
      }
    }
    return true;
  }

  /**
   * Replaces a dead lease with the lease of this run. Only one process at a time may do this: the
   * one that created the file {@code .run.lease.taking} beside it.
   *
   * @return false if another process was faster
   */
  private static boolean takeOver(
      HadoopStore store, byte[] dead, LeaseHolder self, Duration renewal, Duration expiry)
      throws IOException, InterruptedException {
    if (!create(store, TAKING, self)) {
      Thread.sleep(Math.max(1, renewal.toMillis() / 10));
      Optional<byte[]> taking = read(store, TAKING);
      if (taking.isPresent() && isDead(store, TAKING, taking.get(), renewal, expiry)) {
        store.delete(TAKING);
      }
      return false;
    }
    try {
      Optional<byte[]> now = read(store, FILE);
      if (now.isEmpty() || !Arrays.equals(now.get(), dead)) {
        return false;
      }
      LOG.warn(
          "taking over {} from a run that died: {}",
          store.describe(""),
          LeaseHolder.of(dead).map(LeaseHolder::describe).orElse("an unknown run"));
      store.replace(FILE, self.toBytes());
      return true;
    } finally {
      store.delete(TAKING);
    }
  }

  private static RequestException taken(HadoopStore store, Optional<LeaseHolder> holder) {
    return new RequestException(
        String.format(
            Locale.ROOT,
            "%s is the folder of a run under way (%s): wait for its end, or give another --out",
            store.describe(""),
            holder.map(LeaseHolder::describe).orElse("an unknown run")));
  }

  private void renew() {
    String thief = null;
    synchronized (this) {
      if (!held) {
        return;
      }
      try {
        thief = renewOrThief();
        warned = false;
      } catch (IOException | RuntimeException e) {
        if (!warned) {
          LOG.warn("could not renew {}: {}", store.describe(FILE), e.getMessage());
        }
        warned = true;
      }
      held = thief == null;
    }
    if (thief != null) {
      lost.accept(
          String.format(
              Locale.ROOT,
              "%s was taken over by %s while this run was suspended",
              store.describe(""),
              thief));
    }
  }

  private @Nullable String renewOrThief() throws IOException {
    Optional<byte[]> there = read(store, FILE);
    if (there.isEmpty()) {
      create(store, FILE, self);
      return null;
    }
    Optional<LeaseHolder> holder = there.flatMap(LeaseHolder::of);
    if (holder.isPresent() && !holder.get().owner().equals(self.owner())) {
      return holder.get().describe();
    }
    self = self.renewed();
    store.replace(FILE, self.toBytes());
    return null;
  }

  /** Releases the folder. */
  @Override
  public void close() {
    clock.shutdown();
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(atShutdown);
    }
    release();
  }

  private synchronized void release() {
    if (!held) {
      return;
    }
    held = false;
    try {
      Optional<LeaseHolder> holder = read(store, FILE).flatMap(LeaseHolder::of);
      if (holder.isPresent() && holder.get().owner().equals(self.owner())) {
        store.delete(FILE);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("could not remove {}: {}", store.describe(FILE), e.getMessage());
    }
  }
}
