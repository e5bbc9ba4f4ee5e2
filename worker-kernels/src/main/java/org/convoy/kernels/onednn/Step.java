package org.convoy.kernels.onednn;

import java.util.List;

/** One thing a program does. */
sealed interface Step {

  /** An argument of a primitive, {@code index} as {@code DNNL_ARG_...} names it. */
  record Argument(int index, Tensor tensor) {}

  /** Executes a primitive. */
  record Execute(Kernel kernel, List<Argument> arguments) implements Step {}

  /** Marks that elements {@code [from, to)} of the flat gradient are final. */
  record Finished(long from, long to) implements Step {}
}
