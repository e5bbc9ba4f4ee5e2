package org.convoy.driver.exchange.sums;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.convoy.driver.exchange.wire.Mesh;
import org.convoy.driver.exchange.wire.MeshSettings;
import org.convoy.driver.exchange.wire.Outgoing;
import org.convoy.driver.exchange.wire.PeerLostException;
import org.convoy.driver.exchange.wire.Receive;
import org.convoy.driver.exchange.wire.Rendezvous;
import org.convoy.driver.exchange.wire.Traffic;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The operations by which executors combine their results. Every rank calls the same operations in
 * the same order with arguments of the same shapes, from one thread. With one executor nothing is
 * sent, and the results have the same bytes.
 *
 * <p>A training step of synchronous descent first calls {@link #reduceScatter}. Then each owner
 * updates its chunks; norms of the whole vector use {@link #allGather(double[])}. {@link
 * #allGather(Chunks, INDArray)} of the new parameters ends the step.
 *
 * <p>Each executor sends the sums of the largest subtrees in its own range of micro-batches
 * directly to the owner of each chunk, which adds them in the order of the {@link SumTree}. Where
 * ranges are whole subtrees (W and M powers of two) each executor sends and receives (W-1)/W of the
 * vector, as in a ring's reduce-scatter, but in one hop.
 *
 * <p>Every operation throws {@link PeerLostException} as soon as an executor is lost.
 */
public final class Exchange implements AutoCloseable {

  private final Mesh mesh;
  private final Staging staging = new Staging();
  private Optional<Shares> shares = Optional.empty();
  private int operations;

  private Exchange(Mesh mesh) {
    this.mesh = mesh;
  }

  /** Makes an exchange over a mesh. The exchange owns the mesh from now on. */
  public static Exchange over(Mesh mesh) {
    return new Exchange(mesh);
  }

  /** Meets the other executors; see {@link Mesh#open}. */
  public static Exchange open(MeshSettings settings, int rank, int size, Rendezvous rendezvous) {
    return over(Mesh.open(settings, rank, size, rendezvous));
  }

  /** This executor's rank. */
  public int rank() {
    return mesh.rank();
  }

  /** W, the number of executors. */
  public int size() {
    return mesh.size();
  }

  /**
   * Says who computes which micro-batches from now on; at first the shares are equal. All ranks
   * call this between two steps.
   */
  public void deal(Shares dealt) {
    shares = Optional.of(dealt);
  }

  /** The mesh below. */
  public Mesh mesh() {
    return mesh;
  }

  /** The amount exchanged so far. */
  public Traffic traffic() {
    return mesh.traffic();
  }

  /**
   * Adds up all M micro-batches' gradients in the order of the tree.
   *
   * @param partials this executor's micro-batches, all added; afterwards empty and ready for the
   *     next step
   * @param chunks the range to add up, and its cuts
   * @param sum receives the sums in the chunks that this rank owns; the other chunks are
   *     unspecified afterwards. May be {@link PartialSums#first}.
   */
  public void reduceScatter(PartialSums partials, Chunks chunks, INDArray sum) {
    ReduceScatter reduction = beginReduceScatter(partials, chunks, sum);
    reduction.offer(0, chunks.count());
    reduction.finish();
    partials.reset();
  }

  /**
   * Begins a {@link #reduceScatter} whose chunks are offered as backward finishes them. No other
   * operation may begin before it has finished.
   */
  public ReduceScatter beginReduceScatter(PartialSums partials, Chunks chunks, INDArray sum) {
    mesh.check();
    return new ReduceScatter(mesh, operations++, staging, shares, partials, chunks, sum);
  }

  /**
   * Sends the chunks that this rank owns to all ranks, and receives all other chunks into their
   * places.
   */
  public void allGather(Chunks chunks, INDArray vector) {
    AllGather gather = beginAllGather(chunks, vector, WireFormat.FLOAT32, chunk -> {});
    gather.send();
    gather.finish();
  }

  /**
   * Begins an {@link #allGather} of chunks that are {@linkplain WireFormat#pack packed} at the
   * beginning of their places. Once all own chunks have been sent, other operations may begin and
   * end before it has finished; their messages come behind its own.
   *
   * @param arrival is told by a network thread of each chunk that has come
   */
  AllGather beginAllGather(Chunks chunks, INDArray vector, WireFormat format, IntConsumer arrival) {
    mesh.check();
    return new AllGather(mesh, operations++, chunks, Floats.of(vector), format, arrival);
  }

  /**
   * Sends a few numbers and returns those of all ranks, in the order of ranks. Lengths may differ.
   *
   * @param own this rank's numbers
   */
  public double[][] allGather(double[] own) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * own.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(own);
    byte[][] all = allGather(bytes.array());
    double[][] numbers = new double[all.length][];
    for (int i = 0; i < all.length; i++) {
      numbers[i] = new double[all[i].length / 8];
      ByteBuffer.wrap(all[i]).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(numbers[i]);
    }
    return numbers;
  }

  /**
   * Begins an exchange of messages, some from each rank. No other operation may begin before it has
   * finished.
   *
   * @param count the number of messages from each rank
   */
  Messages beginMessages(int count) {
    mesh.check();
    return new Messages(mesh, operations++, count);
  }

  /**
   * Sends bytes and returns those of all ranks, in the order of ranks. Lengths may differ, up to
   * 256 MiB.
   */
  public byte[][] allGather(byte[] own) {
    mesh.check();
    int operation = operations++;
    Receive[] receives = new Receive[size()];
    for (int i = 0; i < size(); i++) {
      if (i != rank()) {
        receives[i] = Receive.open(operation, 0, "all-gather of numbers");
        mesh.post(i, receives[i]);
      }
    }
    for (int i = 0; i < size(); i++) {
      if (i != rank()) {
        mesh.send(i, List.of(new Outgoing(operation, 0, ByteBuffer.wrap(own))));
      }
    }
    byte[][] all = new byte[size()][];
    for (int i = 0; i < size(); i++) {
      all[i] = i == rank() ? own.clone() : mesh.await(i, receives[i]).array();
    }
    mesh.awaitSent();
    return all;
  }

  /**
   * Sends one rank's bytes to all ranks.
   *
   * @param root the rank whose bytes count
   * @param bytes the root's bytes; ignored on other ranks
   */
  public byte[] broadcast(int root, byte[] bytes) {
    return allGather(rank() == root ? bytes : new byte[0])[root];
  }

  /** Returns when every rank has called it. */
  public void barrier() {
    allGather(new byte[0]);
  }

  /** Gives up because of a failure of this executor; see {@link Mesh#abort}. */
  public void abort(String reason) {
    mesh.abort(reason);
  }

  /** Closes the mesh and frees the receive buffers. */
  @Override
  public void close() {
    mesh.close();
    staging.close();
  }
}
