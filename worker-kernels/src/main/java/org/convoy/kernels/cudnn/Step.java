package org.convoy.kernels.cudnn;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.convoy.kernels.plan.Use;

/** One thing a program does. */
sealed interface Step extends Use {

  @Override
  default List<Tensor> tensors() {
    return List.of();
  }

  /**
   * Launches one of Convoy's own kernels.
   *
   * @param word what it does, for errors and tests: a kernel and a node
   * @param kernel its name
   * @param count the indices that it runs for
   * @param places its tensors in their order; empty where one is missing
   * @param sizes as the kernel's comment lists them
   * @param factors the same
   */
  record Launch(
      String word,
      String kernel,
      long count,
      List<Optional<Tensor>> places,
      long[] sizes,
      float[] factors)
      implements Step {
    @Override
    public List<Tensor> tensors() {
      return places.stream().flatMap(Optional::stream).toList();
    }
  }

  /**
   * Computes something with an engine of the library's.
   *
   * @param kernel the key of its choice: a node and what is computed for it
   * @param places the work's tensors
   */
  record Run(
      String kernel, Work work, Engine engine, List<Tensor> places, Optional<Tensor> workspace)
      implements Step {
    @Override
    public List<Tensor> tensors() {
      return Stream.concat(places.stream(), workspace.stream()).toList();
    }
  }

  /** Marks that elements {@code [from, to)} of the flat gradient are final. */
  record Finished(long from, long to) implements Step {}
}
