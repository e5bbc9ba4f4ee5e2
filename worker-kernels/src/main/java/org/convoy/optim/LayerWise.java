package org.convoy.optim;

/**
 * An optimizer that scales the step of a whole tensor by a trust ratio, which depends on the norm
 * of the parameters and the norm of the step's direction. A slice may hold only a part of a tensor.
 * So a step has two passes: each owner computes sums over the parts of tensors in its slices, the
 * sums of all owners are gathered, and then the slices are updated ({@link Slices#update}).
 *
 * <p>Only tensors that decay are scaled. The others take the plain step, as in the code of the
 * papers.
 */
public sealed interface LayerWise extends Optimizer permits Lars, Lamb {
  /**
   * The first pass over a slice: updates the state if the direction depends on it, and measures the
   * parts of tensors in the slice.
   *
   * @param sums receives the measured sums
   */
  void measure(Slice slice, StepSettings step, TensorSums sums);

  /**
   * The factor for the step of a tensor.
   *
   * @param parameters norm of the tensor's parameters
   * @param direction norm of the direction as {@link #measure} computed it
   */
  double trust(double parameters, double direction);
}
