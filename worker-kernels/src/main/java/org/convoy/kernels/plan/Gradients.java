package org.convoy.kernels.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The gradients of nodes' results so far. Each reader of a result contributes a part; parts are
 * summed in the memory of one of them, where nobody else reads it.
 *
 * @param <T> the backend's tensors
 */
public final class Gradients<T extends Stored> {

  /** Adds the steps of a sum. */
  @FunctionalInterface
  public interface Adder<T> {
    /**
     * @param into one part; the sum is in its layout
     * @param part the other
     * @param overwrite whether the sum may take the memory of {@code into}
     * @return the sum
     */
    T add(T into, T part, boolean overwrite);
  }

  /**
   * The sum of the parts so far.
   *
   * @param exclusive whether nobody else will read the tensor, so that it may be overwritten
   */
  public record Sum<T>(T tensor, boolean exclusive) {}

  private final Adder<T> adder;
  private final List<Optional<Sum<T>>> sums;

  /**
   * @param nodes of the graph
   */
  public Gradients(int nodes, Adder<T> adder) {
    this.adder = adder;
    this.sums = new ArrayList<>(Collections.nCopies(nodes, Optional.empty()));
  }

  /** The sum so far of a node's gradient; empty if there is no part yet. */
  public Optional<Sum<T>> of(int index) {
    return sums.get(index);
  }

  /** Forgets a node's gradient, which nobody reads any more. */
  public void done(int index) {
    sums.set(index, Optional.empty());
  }

  /**
   * Adds to the gradient of a node's result.
   *
   * @param exclusive whether nobody else will read the part
   */
  public void contribute(int index, T part, boolean exclusive) {
    claim(index);
    Sum<T> added = new Sum<>(part, exclusive);
    sums.set(index, Optional.of(of(index).map(before -> add(before, added)).orElse(added)));
  }

  private Sum<T> add(Sum<T> before, Sum<T> part) {
    boolean keeps = before.exclusive() || !part.exclusive();
    Sum<T> into = keeps ? before : part;
    T other = keeps ? part.tensor() : before.tensor();
    return new Sum<>(adder.add(into.tensor(), other, into.exclusive()), true);
  }

  /** The sum so far of a node's gradient, if there is one and it may be overwritten. */
  public Optional<T> accumulator(int index) {
    claim(index);
    return of(index).filter(Sum::exclusive).map(Sum::tensor);
  }

  /** Makes a gradient exclusive that other nodes shared and do not need any more. */
  private void claim(int index) {
    Optional<Sum<T>> gradient = sums.get(index);
    if (gradient.isEmpty() || gradient.get().exclusive()) {
      return;
    }
    T tensor = gradient.get().tensor();
    Buffer buffer = tensor.buffer();
    for (int i = 0; i < sums.size(); i++) {
      if (i != index && sums.get(i).filter(sum -> sum.tensor().buffer() == buffer).isPresent()) {
        return;
      }
    }
    sums.set(index, Optional.of(new Sum<>(tensor, buffer.home() == Home.ARENA)));
  }
}
