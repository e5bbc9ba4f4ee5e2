package org.convoy.driver.exchange.sums;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.convoy.driver.exchange.sums.SumTree.Node;
import org.convoy.driver.exchange.sums.TreeSums.Operand;
import org.convoy.driver.exchange.wire.Mesh;
import org.convoy.driver.exchange.wire.Outgoing;
import org.convoy.driver.exchange.wire.Receive;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A reduce-scatter in progress. Chunks are sent from the last to the first, because backward
 * finishes the gradients in that order if parameters lie in forward order. {@link #offer} sends
 * chunks as they become ready. Network threads pack what they send, and finish the sum of a chunk
 * that this rank owns as soon as the last of its addends is there, while the caller goes on. {@link
 * #finish} waits for all.
 *
 * <p>Partial sums from other executors arrive in staging buffers of {@value #STAGING_BYTES} bytes
 * or two chunks, whichever is more, however long the vector is. The connection holds back an
 * executor that runs ahead.
 */
public final class ReduceScatter {

  /** Native bytes of staging that a reduce-scatter uses, unless two chunks' sums need more. */
  static final long STAGING_BYTES = 32L << 20;

  /** A partial sum that a peer will send. */
  private record Awaited(int from, Receive receive) {}

  private final Mesh mesh;
  private final int operation;
  private final PartialSums partials;
  private final WireFormat format;
  private final Chunks chunks;
  private final Floats sum;
  private final List<List<Node>> nodes = new ArrayList<>();
  private final List<Integer> additions;
  private final List<Integer> owned = new ArrayList<>();
  private final int foreign;
  private final int window;
  private final Floats staging;
  private final List<List<Awaited>> awaited = new ArrayList<>();
  private final MemoryGuard guard = new MemoryGuard();
  private final int[] sent;
  private final boolean[] offered;
  private int next;

  /**
   * For each chunk that this rank owns, how many of its addends are missing; the own ones are one.
   */
  private final AtomicIntegerArray missing;

  private final Object order = new Object();
  private final boolean[] summed;
  private int posted;

  ReduceScatter(
      Mesh mesh,
      int operation,
      Staging buffers,
      Optional<Shares> shares,
      PartialSums partials,
      Chunks chunks,
      INDArray sum) {
    this.mesh = mesh;
    this.operation = operation;
    this.partials = partials;
    this.format = partials.format();
    this.chunks = chunks;
    this.sum = Floats.of(sum);
    this.sum.check(chunks);
    partials.memory(0).check(chunks);
    SumTree tree = partials.tree();
    int groups = partials.range().groups();
    Shares dealt = shares.orElseGet(() -> Shares.equal(mesh.size(), groups));
    MicroBatches expected = dealt.range(mesh.rank(), tree.leaves());
    if (!partials.range().equals(expected)) {
      throw new IllegalArgumentException(
          "expected partial sums of " + expected + ", got " + partials.range());
    }
    List<Node> all = new ArrayList<>();
    for (int i = 0; i < mesh.size(); i++) {
      MicroBatches range = dealt.range(i, tree.leaves());
      nodes.add(tree.maximal(range.from(), range.to()));
      all.addAll(nodes.get(i));
    }
    this.additions = tree.additions(all);
    this.foreign = all.size() - nodes.get(mesh.rank()).size();
    this.sent = new int[mesh.size()];
    this.offered = new boolean[chunks.count()];
    this.next = chunks.count() - 1;
    for (int chunk = chunks.count() - 1; chunk >= 0; chunk--) {
      if (chunks.owner(chunk, mesh.size()) == mesh.rank()) {
        owned.add(chunk);
      }
    }
    long chunkSums = 4L * chunks.floats() * Math.max(1, foreign);
    this.window = (int) Math.min(owned.size(), Math.max(2, STAGING_BYTES / chunkSums));
    this.staging = buffers.floats(Math.max(1, (long) window * foreign * chunks.floats()));
    this.missing = new AtomicIntegerArray(owned.size());
    this.summed = new boolean[owned.size()];
    for (int i = 0; i < owned.size(); i++) {
      missing.set(i, foreign + 1);
      awaited.add(awaited(i));
    }
    synchronized (order) {
      while (posted < window) {
        post(posted++);
      }
    }
  }

  /** The partial sums of the i-th chunk that this rank owns. */
  private List<Awaited> awaited(int i) {
    int chunk = owned.get(i);
    String what = "reduce-scatter, chunk " + chunk;
    List<Awaited> expected = new ArrayList<>();
    for (int from = 0; from < mesh.size(); from++) {
      int count = from == mesh.rank() ? 0 : nodes.get(from).size();
      for (int node = 0; node < count; node++) {
        ByteBuffer place =
            staging
                .bytes(place(i, expected.size()), chunks.length(chunk))
                .limit(format.bytes(chunks.length(chunk)));
        Receive receive =
            Receive.into(operation, i * count + node, what, place, () -> guard.use(() -> came(i)));
        expected.add(new Awaited(from, receive));
      }
    }
    return expected;
  }

  private void post(int i) {
    for (Awaited expected : awaited.get(i)) {
      mesh.post(expected.from(), expected.receive());
    }
  }

  private long place(int i, int addend) {
    return ((long) (i % window) * foreign + addend) * chunks.floats();
  }

  /**
   * Offers some chunks whose partial sums are complete for all of this executor's micro-batches.
   * They must not change any more.
   *
   * @param from the first chunk
   * @param to one past the last chunk
   */
  public void offer(int from, int to) {
    for (int chunk = from; chunk < to; chunk++) {
      offered[chunk] = true;
    }
    List<List<Outgoing>> frames = new ArrayList<>();
    for (int i = 0; i < mesh.size(); i++) {
      frames.add(new ArrayList<>());
    }
    while (next >= 0 && offered[next]) {
      int owner = chunks.owner(next, mesh.size());
      if (owner == mesh.rank()) {
        int i = owned.size() - 1 - next / mesh.size();
        mesh.work(() -> guard.use(() -> came(i)));
      } else {
        addFrames(next, owner, frames.get(owner));
      }
      next--;
    }
    for (int peer = 0; peer < frames.size(); peer++) {
      if (!frames.get(peer).isEmpty()) {
        mesh.send(peer, frames.get(peer));
      }
    }
  }

  private void addFrames(int chunk, int owner, List<Outgoing> frames) {
    int length = chunks.length(chunk);
    long start = chunks.start(chunk);
    for (int node = 0; node < nodes.get(mesh.rank()).size(); node++) {
      // Packed in place: this executor has no further use for these sums.
      Floats memory = partials.memory(node);
      ByteBuffer packed = memory.bytes(start, length).limit(format.bytes(length));
      Runnable pack = () -> guard.use(() -> format.pack(memory, start, memory, start, length));
      frames.add(new Outgoing(operation, sent[owner]++, packed, pack));
    }
  }

  /**
   * Finishes the sums of the chunks that this rank owns. Returns when they are done and everything
   * offered has been sent.
   *
   * @throws IllegalStateException if micro-batches are missing, or chunks have not been offered
   */
  public void finish() {
    if (!partials.complete()) {
      throw new IllegalStateException(
          "not all of this step's micro-batches have been added: " + partials.range());
    }
    if (next >= 0) {
      throw new IllegalStateException("chunk " + next + " has not been offered");
    }
    for (List<Awaited> chunk : awaited) {
      for (Awaited expected : chunk) {
        mesh.await(expected.from(), expected.receive());
      }
    }
    mesh.awaitWork();
    mesh.awaitSent();
  }

  /** Takes back all memory, if the reduce-scatter will not be finished. */
  void abandon() {
    guard.revoke();
  }

  /** An addend of the i-th chunk that this rank owns is there. */
  private void came(int i) {
    if (missing.decrementAndGet(i) > 0) {
      return;
    }
    sum(i);
    synchronized (order) {
      summed[i] = true;
      // In order, as the others send them. Each takes the staging of one whose sum is done.
      while (posted < owned.size() && summed[posted - window]) {
        post(posted++);
      }
    }
  }

  private void sum(int i) {
    int chunk = owned.get(i);
    long start = chunks.start(chunk);
    List<Operand> operands = new ArrayList<>();
    int addend = 0;
    for (int from = 0; from < mesh.size(); from++) {
      for (int node = 0; node < nodes.get(from).size(); node++) {
        int following = additions.get(operands.size());
        operands.add(
            from == mesh.rank()
                ? new Operand(partials.memory(node), start, false, following)
                : new Operand(staging, place(i, addend++), true, following));
      }
    }
    TreeSums.sum(format, operands, sum, start, chunks.length(chunk));
  }
}
