package org.convoy.optim;

import java.util.List;

/**
 * How parameters follow their gradient: an immutable description, with no state of its own. The
 * state is flat vectors that the owner of a chunk keeps for that chunk; a checkpoint stores them
 * under {@link #stateNames()}.
 *
 * <p>A new optimizer is one record in its own file, named in the {@code permits} clause, and one
 * line in {@link Optimizers}.
 */
public sealed interface Optimizer permits Sgd {
  /**
   * Names of the state vectors, each as long as the parameters and zero before the first step; may
   * be empty.
   */
  List<String> stateNames();

  /**
   * One step on one slice, in place. Element-wise: the bits of an element do not depend on where
   * the vector was cut.
   *
   * @throws IllegalArgumentException if the slice does not carry as many state vectors as {@link
   *     #stateNames()}
   */
  void update(Slice slice, StepSettings step);
}
