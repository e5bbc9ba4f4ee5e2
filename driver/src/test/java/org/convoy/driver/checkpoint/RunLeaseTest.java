package org.convoy.driver.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leases on real files, with a renewal of 0.2 s and an expiry of 2 s. */
@Timeout(60)
final class RunLeaseTest {
  private static final Duration RENEWAL = Duration.ofMillis(200);
  private static final Duration EXPIRY = Duration.ofSeconds(2);

  private final BlockingQueue<String> lost = new LinkedBlockingQueue<>();
  private Path run;
  private Path file;
  private HadoopStore store;

  @BeforeEach
  void within(@TempDir Path folder) throws IOException {
    this.run = folder.resolve("run");
    this.file = run.resolve("run.lease");
    this.store = StoreLocation.of(run.toString(), new Configuration()).open();
  }

  private RunLease acquire() throws IOException, InterruptedException {
    return RunLease.acquire(store, lost::add, RENEWAL, EXPIRY);
  }

  private void refused(LeaseHolder by) {
    IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, this::acquire);
    String who = "process " + by.pid() + " on " + by.host();
    assertTrue(refusal.toString().contains(who), refusal::toString);
    assertTrue(refusal.toString().contains(run.toString()), refusal::toString);
  }

  private void write(LeaseHolder holder) throws IOException {
    Files.createDirectories(run);
    store.replace("run.lease", holder.toBytes());
  }

  /** The holder of a process on another machine. */
  private static LeaseHolder elsewhere() {
    return new LeaseHolder("theirs", "node-7", "another boot", 42, "1", "2026-01-01T00:00:00Z", 0);
  }

  @Test
  void theSecondIsRefusedAtOnceWithTheHolderUntilTheFirstCloses() throws Exception {
    Assumptions.assumeTrue(LeaseHolder.here().isOfThisMachine(), "needs /proc");
    try (RunLease first = acquire()) {
      byte[] before = Files.readAllBytes(file);
      long start = System.nanoTime();
      refused(LeaseHolder.here());
      assertThrows(IllegalArgumentException.class, () -> RunLease.refuseIfHeldHere(store));
      assertTrue(System.nanoTime() - start < EXPIRY.toNanos() / 2);
      while (Arrays.equals(before, Files.readAllBytes(file))) {
        Thread.sleep(10);
      }
    }
    assertFalse(Files.exists(file));
    acquire().close();
    assertEquals(List.of(), store.list(""));
  }

  @Test
  void aLeaseOfADeadLocalProcessIsTakenOverAtOnce() throws Exception {
    LeaseHolder here = LeaseHolder.here();
    Assumptions.assumeTrue(here.isOfThisMachine(), "needs /proc");
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    List<LeaseHolder> dead =
        List.of(
            new LeaseHolder("a", here.host(), here.machine(), gone.pid(), "1", "", 3),
            // Another process has this number now.
            new LeaseHolder("b", here.host(), here.machine(), here.pid(), "1", "", 3));
    for (LeaseHolder each : dead) {
      write(each);
      long start = System.nanoTime();
      RunLease.refuseIfHeldHere(store);
      acquire().close();
      assertTrue(System.nanoTime() - start < EXPIRY.toNanos() / 2);
    }
  }

  @Test
  void aRenewedRemoteLeaseRefusesAndAnExpiredOneIsTakenOver() throws Exception {
    write(elsewhere());
    Thread renewing =
        new Thread(
            () -> {
              try {
                Thread.sleep(500);
                write(elsewhere().renewed());
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    renewing.start();
    refused(elsewhere());
    renewing.join();

    long start = System.nanoTime();
    acquire().close();
    assertTrue(System.nanoTime() - start >= EXPIRY.toNanos());
  }

  @Test
  void anIncompleteLeaseExpiresToo() throws Exception {
    Files.createDirectories(run);
    Files.writeString(file, "{\"owner\": \"th");
    acquire().close();
    Files.writeString(file, "");
    acquire().close();
  }

  @Test
  void aHolderDetectsThatItsLeaseWasTakenOver() throws Exception {
    try (RunLease first = acquire()) {
      write(elsewhere());
      String told = String.valueOf(lost.poll(20, TimeUnit.SECONDS));
      assertTrue(told.contains("process 42 on node-7"), told);
    }
    // The lease of another holder stays.
    assertEquals("theirs", LeaseHolder.of(Files.readAllBytes(file)).orElseThrow().owner());
    assertEquals(0, lost.size());
  }

  @Test
  void onlyOneOfManyTakesADeadLease() throws Exception {
    LeaseHolder here = LeaseHolder.here();
    Assumptions.assumeTrue(here.isOfThisMachine(), "needs /proc");
    ExecutorService many = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 20; round++) {
        write(new LeaseHolder("dead" + round, "", here.machine(), here.pid(), "1", "", 3));
        List<Future<RunLease>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          all.add(many.submit(this::acquire));
        }
        List<RunLease> got = new ArrayList<>();
        for (Future<RunLease> each : all) {
          try {
            got.add(each.get());
          } catch (ExecutionException e) {
            assertTrue(e.getCause() instanceof IllegalArgumentException, e::toString);
          }
        }
        got.forEach(RunLease::close);
        assertEquals(1, got.size());
      }
    } finally {
      many.shutdown();
    }
  }
}
