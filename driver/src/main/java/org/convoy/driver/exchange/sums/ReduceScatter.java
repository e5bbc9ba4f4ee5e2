package org.convoy.driver.exchange.sums;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convoy.driver.exchange.sums.SumTree.Merge;
import org.convoy.driver.exchange.sums.SumTree.Node;
import org.convoy.driver.exchange.wire.Mesh;
import org.convoy.driver.exchange.wire.Outgoing;
import org.convoy.driver.exchange.wire.Receive;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A reduce-scatter in progress. Chunks are sent from the last to the first, because backward
 * finishes the gradients in that order if parameters lie in forward order. {@link #offer} sends
 * chunks as they become ready; {@link #finish} adds the received sums.
 *
 * <p>Partial sums from other executors arrive in staging buffers of {@value #STAGING_BYTES} bytes
 * or two chunks, whichever is more, however long the vector is. The connection holds back an
 * executor that runs ahead.
 */
public final class ReduceScatter {

  /** Native bytes of staging that a reduce-scatter uses, unless two chunks' sums need more. */
  static final long STAGING_BYTES = 32L << 20;

  /** The memory of one addend of a chunk: a vector as long as the gradient, or staging. */
  private record Operand(Floats memory, long start) {}

  /** A partial sum that a peer will send. */
  private record Awaited(int from, Receive receive) {}

  private final Mesh mesh;
  private final int operation;
  private final PartialSums partials;
  private final WireFormat format;
  private final Chunks chunks;
  private final Floats sum;
  private final List<List<Node>> nodes = new ArrayList<>();
  private final List<Merge> merges;
  private final List<Integer> owned = new ArrayList<>();
  private final int foreign;
  private final int window;
  private final Floats staging;
  private final List<List<Awaited>> awaited = new ArrayList<>();
  private final int[] sent;
  private final boolean[] offered;
  private int next;

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
    this.merges = tree.merges(all);
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
    for (int i = 0; i < window; i++) {
      post(i);
    }
  }

  /** Posts receives for the partial sums of the i-th chunk that this rank owns. */
  private void post(int i) {
    int chunk = owned.get(i);
    List<Awaited> expected = new ArrayList<>();
    for (int from = 0; from < mesh.size(); from++) {
      int count = from == mesh.rank() ? 0 : nodes.get(from).size();
      for (int node = 0; node < count; node++) {
        String what = "reduce-scatter, chunk " + chunk;
        Receive receive =
            Receive.into(
                operation,
                i * count + node,
                what,
                staging
                    .bytes(place(i, expected.size()), chunks.length(chunk))
                    .limit(format.bytes(chunks.length(chunk))));
        mesh.post(from, receive);
        expected.add(new Awaited(from, receive));
      }
    }
    awaited.add(expected);
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
      if (owner != mesh.rank()) {
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
      format.pack(memory, start, memory, start, length);
      ByteBuffer packed = memory.bytes(start, length).limit(format.bytes(length));
      frames.add(new Outgoing(operation, sent[owner]++, packed));
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
    for (int i = 0; i < owned.size(); i++) {
      for (Awaited expected : awaited.get(i)) {
        mesh.await(expected.from(), expected.receive());
      }
      add(i);
      if (i + window < owned.size()) {
        post(i + window);
      }
    }
    mesh.awaitSent();
  }

  private void add(int i) {
    int chunk = owned.get(i);
    long start = chunks.start(chunk);
    int length = chunks.length(chunk);
    List<Operand> operands = new ArrayList<>();
    int addend = 0;
    for (int from = 0; from < mesh.size(); from++) {
      for (int node = 0; node < nodes.get(from).size(); node++) {
        if (from == mesh.rank()) {
          operands.add(new Operand(partials.memory(node), start));
        } else {
          long place = place(i, addend++);
          format.unpack(staging, place, staging, place, length);
          operands.add(new Operand(staging, place));
        }
      }
    }
    for (Merge merge : merges) {
      Operand left = operands.get(merge.left());
      Operand right = operands.get(merge.right());
      format.add(left.memory(), left.start(), right.memory(), right.start(), length);
    }
    Operand total = operands.get(0);
    if (!total.memory().sameMemory(sum)) {
      sum.copy(start, total.memory(), total.start(), length);
    }
  }
}
