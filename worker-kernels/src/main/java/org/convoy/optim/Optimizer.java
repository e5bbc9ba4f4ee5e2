package org.convoy.optim;

import java.io.Serializable;
import java.util.List;

/**
 * The rule that updates parameters from their gradient: an immutable description without state. The
 * state is flat vectors that the owner of a chunk keeps for that chunk; a checkpoint stores them
 * under {@link #stateNames()}.
 *
 * <p>A recipe names one by the record's name: {@code optimizer { name = sgd, momentum = 0.9 }}. To
 * add one, add a record in a file of its own, its name in the {@code permits} clause, and its
 * defaults in the driver's {@code convoy-reference.conf}, and its kernel in {@code
 * src/main/cuda/optimizers.cuh}. An optimizer that needs norms of whole tensors implements {@link
 * LayerWise}.
 */
public sealed interface Optimizer extends Serializable
    permits Sgd, Adamw, Adan, Lion, Rmsprop, RmspropTf, LayerWise {
  /** Whether scales and shifts of norms and biases decay like the weights. */
  boolean decayNormsAndBiases();

  /**
   * Names of the state vectors, each as long as the parameters and zero before the first step; may
   * be empty.
   */
  List<String> stateNames();

  /**
   * The numbers of a step's formula: computed in double, rounded to float32 once. {@link #update}
   * uses them, and so does the kernel for GPUs, which has the optimizer's name ({@code
   * optimizers.cuh}) and expects them in this order. Their count does not depend on the step.
   */
  float[] factors(StepSettings step);

  /**
   * Takes one step on one slice, in place. The update is element-wise: given the trust ratios of
   * the step, the bits of an element do not depend on where the vector was cut.
   *
   * @throws IllegalArgumentException if the slice does not carry as many state vectors as {@link
   *     #stateNames()}
   */
  void update(Slice slice, StepSettings step);
}
