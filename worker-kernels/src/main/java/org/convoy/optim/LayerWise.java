package org.convoy.optim;

/**
 * An optimizer that scales the step of a whole tensor by a trust ratio: the norm of its parameters
 * beside that of the direction they would go. A slice need not hold a whole tensor. So a step has
 * two passes: each owner computes sums over the parts of tensors in its slices, the sums of all
 * owners are brought together, and then the slices are updated ({@link Slices#update}).
 *
 * <p>The tensors that are scaled are those that decay; the others take the plain step, as in the
 * papers' own code.
 */
public sealed interface LayerWise extends Optimizer permits Lars, Lamb {
  /**
   * The first pass over a slice: moves the state, if the direction follows from it, and measures
   * the parts of tensors in the slice.
   *
   * @param sums takes what is measured
   */
  void measure(Slice slice, StepSettings step, TensorSums sums);

  /**
   * What the step of a tensor is multiplied by.
   *
   * @param parameters norm of the tensor's parameters
   * @param direction norm of what {@link #measure} called the direction
   */
  double trust(double parameters, double direction);
}
