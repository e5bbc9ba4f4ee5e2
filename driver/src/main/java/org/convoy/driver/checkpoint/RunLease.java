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
 * That a run's folder is this run's alone: the file {@code run.lease}, which names the process that
 * trains and is renewed while it lives. It outlives a crash, and is taken over then:
 *
 * <ul>
 *   <li>at once, if its process ran on this machine and is gone;
 *   <li>else after the file has not changed for {@link #EXPIRY}, by the clock of whoever looks. No
 *       clocks of two machines are compared.
 * </ul>
 *
 * <p>Whoever holds it looks at each renewal whether it is still its own. A run that was taken for
 * dead, because its machine stood still for longer than that, learns so and ends.
 */
public final class RunLease implements AutoCloseable {
  /** The file's name in the run's folder. */
  public static final String FILE = "run.lease";

  /** A lease that has not changed for this long is nobody's. */
  public static final Duration EXPIRY = Duration.ofSeconds(60);

  private static final String TAKING = "." + FILE + ".taking";
  private static final Duration RENEWAL = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(RunLease.class);

  /** Before Hadoop closes its file systems, after Spark has stopped. */
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
   * Takes the lease of a folder; waits up to {@link #EXPIRY} where it cannot be told at once
   * whether the one that lies there is still held.
   *
   * @param store rooted at the run's folder
   * @param lost is told, from another thread and once, who has taken the lease over
   * @throws RequestException if another run holds it; the message says who
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
   * Looks, and does not wait.
   *
   * @throws RequestException if a process of this machine holds the folder; the message says which
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
   * Whether nobody holds a file that was seen. Waits where that cannot be told at once.
   *
   * @return false if it went away
   * @throws IllegalArgumentException if it is renewed
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
   * Puts this run's lease in the place of a dead one. Of several who want to, one at a time may:
   * the one that made a file beside it, {@code .run.lease.taking}.
   *
   * @return false if another one was faster
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
          "taking over {} from a run that ended without a word: {}",
          store.describe(""),
          LeaseHolder.of(dead).map(LeaseHolder::describe).orElse("an unknown one"));
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
            holder.map(LeaseHolder::describe).orElse("an unknown one")));
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
              "%s was taken over by %s while this run stood still",
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

  /** Gives the folder back. */
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
