package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convoy.driver.exchange.sums.SumTree.Node;
import org.convoy.driver.exchange.sums.TreeSums.Operand;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Adds the gradients of one executor's micro-batches as they come, along the {@link SumTree}.
 *
 * <p>Like a binary counter, it holds one vector for each subtree that waits for its right sibling.
 * A micro-batch whose left sibling waits is added to it in place. After the last micro-batch,
 * vectors 0 to k-1 hold the sums of the k largest subtrees of the range. The vectors are allocated
 * once and reused in every step.
 *
 * <p>In a {@link WireFormat} other than float32 every node of the tree is rounded to it, the leaves
 * included. So a sum is the same whether its addends travelled or not. A leaf is rounded when it is
 * added or sent, not before: that saves a pass over it.
 *
 * <p>A step calls {@link #add(INDArray)} for each micro-batch in order; then an exchange uses the
 * sums up. Not safe for several threads.
 */
public final class PartialSums implements AutoCloseable {

  /** Numbers that are added at a time. */
  private static final int PIECE = Chunks.DEFAULT_FLOATS;

  /** The plan for one micro-batch: its vector, and the merges that follow. */
  private record Arrival(int vector, boolean added, int merges) {}

  private final SumTree tree;
  private final MicroBatches range;
  private final long length;
  private WireFormat format;
  private final List<Node> nodes;
  private final List<Arrival> arrivals;
  private final List<INDArray> vectors = new ArrayList<>();
  private final List<Floats> memory = new ArrayList<>();
  private final boolean inPlace;
  private final VectorMemory place;
  private int next;
  private boolean closed;

  /**
   * Allocates {@link #bytes} of native memory.
   *
   * @param range the micro-batches to expect
   * @param length floats in a gradient vector
   */
  public PartialSums(MicroBatches range, long length) {
    this(range, length, WireFormat.FLOAT32, Optional.empty(), VectorMemory.HOST);
  }

  /**
   * Partial sums in a format. Their vectors are float32 vectors of its numbers.
   *
   * @param gradient the memory of all gradients that are added; a single micro-batch is left there
   * @param place where gradients and sums are; on the host are those that were {@link #fetch
   *     fetched}
   */
  PartialSums(
      MicroBatches range, long length, WireFormat format, INDArray gradient, VectorMemory place) {
    this(range, length, format, Optional.of(gradient), place);
  }

  private PartialSums(
      MicroBatches range,
      long length,
      WireFormat format,
      Optional<INDArray> gradient,
      VectorMemory place) {
    if (length < 1) {
      throw new IllegalArgumentException("expected a vector of at least 1 float, got " + length);
    }
    this.tree = new SumTree(range.total());
    this.range = range;
    this.length = length;
    this.format = format;
    this.nodes = tree.maximal(range.from(), range.to());
    this.arrivals = arrivals(tree, range);
    this.place = place;
    this.inPlace = gradient.isPresent() && range.count() == 1;
    for (int i = 0; i < depth(arrivals); i++) {
      INDArray vector =
          inPlace
              ? gradient.get().get(NDArrayIndex.interval(0, length))
              : Nd4j.createUninitialized(DataType.FLOAT, length);
      place.hold(vector);
      vectors.add(vector);
      memory.add(Floats.of(vector));
    }
  }

  /** Native bytes that partial sums of this range hold. Known before they are made. */
  public static long bytes(MicroBatches range, long length) {
    return 4L * length * depth(arrivals(new SumTree(range.total()), range));
  }

  /** The same where the memory of the gradients is known. */
  static long bytesBesideGradient(MicroBatches range, long length) {
    return range.count() == 1 ? 0 : bytes(range, length);
  }

  private static List<Arrival> arrivals(SumTree tree, MicroBatches range) {
    List<Arrival> arrivals = new ArrayList<>();
    List<Node> stack = new ArrayList<>();
    for (int leaf = range.from(); leaf < range.to(); leaf++) {
      stack.add(new Node(leaf, leaf + 1));
      int folded = 0;
      int top = stack.size() - 1;
      while (top > 0 && tree.siblings(stack.get(top - 1), stack.get(top))) {
        Node right = stack.remove(top);
        top--;
        stack.set(top, new Node(stack.get(top).from(), right.to()));
        folded++;
      }
      boolean added = folded > 0;
      int vector = added ? top + folded - 1 : top;
      arrivals.add(new Arrival(vector, added, added ? folded - 1 : 0));
    }
    return List.copyOf(arrivals);
  }

  private static int depth(List<Arrival> arrivals) {
    return 1 + arrivals.stream().mapToInt(Arrival::vector).max().orElseThrow();
  }

  /** The tree that the sums follow. */
  public SumTree tree() {
    return tree;
  }

  /** The micro-batches of a step that are added here. */
  public MicroBatches range() {
    return range;
  }

  /** Floats in a vector. */
  public long length() {
    return length;
  }

  /** The largest subtrees of the range, in the order of their vectors. */
  public List<Node> nodes() {
    return nodes;
  }

  /**
   * Vector 0. If it is passed as {@code sum}, the exchange leaves the finished sum in it, which
   * saves a vector of memory. This object owns it: do not close it.
   */
  public INDArray first() {
    checkOpen();
    return vectors.get(0);
  }

  /** The format of the sums. */
  WireFormat format() {
    return format;
  }

  /** Takes another format from the next step on. */
  void use(WireFormat other) {
    format = other;
  }

  /** Adds the next micro-batch's gradient. Does not keep the array. */
  public void add(INDArray gradient) {
    add(gradient, 0, length);
    advance();
  }

  /**
   * Adds floats {@code from} to {@code to} of the next micro-batch's gradient, once each, in any
   * order. {@link #advance} ends the micro-batch.
   *
   * @param gradient at least as long as the sums
   */
  public void add(INDArray gradient, long from, long to) {
    checkOpen();
    if (gradient.length() < length) {
      throw new IllegalArgumentException(
          "expected a gradient of at least " + length + " floats, got " + gradient.length());
    }
    if (from < 0 || from > to || to > length) {
      throw new IllegalArgumentException(
          "expected floats within 0 to " + length + ", got " + from + " to " + to);
    }
    if (next == arrivals.size()) {
      throw new IllegalStateException(
          "all " + arrivals.size() + " micro-batches of this step have been added");
    }
    Arrival arrival = arrivals.get(next);
    Optional<Accumulator> elsewhere = place.accumulator();
    if (elsewhere.isPresent()) {
      add(elsewhere.get(), gradient, from, to, arrival);
      return;
    }
    Floats source = Floats.of(gradient);
    for (long at = from; at < to; at += PIECE) {
      add(source, at, (int) Math.min(PIECE, to - at), arrival);
    }
  }

  private void add(Floats source, long at, int count, Arrival arrival) {
    if (!arrival.added()) {
      if (!inPlace) {
        memory.get(arrival.vector()).copy(at, source, at, count);
      }
      return;
    }
    int first = arrival.vector() - arrival.merges();
    List<Operand> operands = new ArrayList<>();
    for (int waiting = first; waiting <= arrival.vector(); waiting++) {
      operands.add(new Operand(memory.get(waiting), at, false, 0));
    }
    operands.add(new Operand(source, at, false, arrival.merges() + 1));
    TreeSums.sum(format, operands, memory.get(first), at, count);
  }

  private void add(Accumulator there, INDArray gradient, long from, long to, Arrival arrival) {
    boolean rounded = format == WireFormat.BFLOAT16;
    int vector = arrival.vector();
    if (arrival.added()) {
      there.add(vectors.get(vector), gradient, from, to, rounded);
    } else {
      there.take(vectors.get(vector), gradient, from, to, rounded);
    }
    for (int i = 0; i < arrival.merges(); i++) {
      there.add(vectors.get(vector - 1), vectors.get(vector), from, to, rounded);
      vector--;
    }
  }

  /** Whether the sums are not on the host until they are fetched. */
  boolean elsewhere() {
    return place.accumulator().isPresent();
  }

  /**
   * Begins to bring floats {@code [from, to)} of all subtrees' sums to the host, once all
   * micro-batches are in them.
   *
   * @return waits until they are there
   */
  Runnable fetch(long from, long to) {
    List<Runnable> coming = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      coming.add(place.fetch(vectors.get(i), from, to));
    }
    return () -> coming.forEach(Runnable::run);
  }

  /** Ends a micro-batch that was added in parts. */
  public void advance() {
    next++;
  }

  /** Whether every micro-batch of the step has been added. */
  public boolean complete() {
    return next == arrivals.size();
  }

  /** Discards this step's sums, so that the next step can begin. */
  public void reset() {
    next = 0;
  }

  /**
   * The memory of vector {@code i}, the sum of {@code nodes().get(i)} once complete. The sum of a
   * single leaf is not rounded.
   */
  Floats memory(int i) {
    checkOpen();
    return memory.get(i);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("these partial sums are closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (!inPlace) {
        vectors.forEach(place::release);
        vectors.forEach(INDArray::close);
      }
    }
  }
}
