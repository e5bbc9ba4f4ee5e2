package org.convoy.kernels.onednn;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of nodes' results so far. Each reader of a result contributes a part; parts are
 * summed in the memory of one of them, where nobody else reads it.
 */
final class Gradients {
  private final Lowering lowering;
  private final @Nullable Gradient[] sums;

  Gradients(Lowering lowering, int nodes) {
    this.lowering = lowering;
    this.sums = new Gradient[nodes];
  }

  /** The sum so far of a node's gradient; empty if there is no part yet. */
  Optional<Gradient> of(int index) {
    return Optional.ofNullable(sums[index]);
  }

  /** Forgets a node's gradient, which nobody reads any more. */
  void done(int index) {
    sums[index] = null;
  }

  /** See {@link Lowering#contribute}. */
  void contribute(int index, Tensor part, boolean exclusive) {
    claim(index);
    Gradient before = sums[index];
    if (before == null) {
      sums[index] = new Gradient(part, exclusive);
      return;
    }
    Gradient into = before.exclusive() || !exclusive ? before : new Gradient(part, true);
    Tensor other = into == before ? part : before.tensor();
    Tensor added = lowering.convert(other, into.tensor().desc());
    Tensor sum = into.exclusive() ? into.tensor() : lowering.allocate(into.tensor().desc());
    Elementwise.add(lowering, "gradient sum", into.tensor(), added, sum);
    sums[index] = new Gradient(sum, true);
  }

  /** See {@link Lowering#accumulator}. */
  Optional<Tensor> accumulator(int index) {
    claim(index);
    return of(index).filter(Gradient::exclusive).map(Gradient::tensor);
  }

  /** Makes a gradient exclusive that other nodes shared and do not need any more. */
  private void claim(int index) {
    Gradient gradient = sums[index];
    if (gradient == null || gradient.exclusive()) {
      return;
    }
    Buffer buffer = gradient.tensor().buffer();
    for (int i = 0; i < sums.length; i++) {
      Gradient other = sums[i];
      if (i != index && other != null && other.tensor().buffer() == buffer) {
        return;
      }
    }
    sums[index] = new Gradient(gradient.tensor(), buffer.home() == Home.ARENA);
  }
}
