package org.convoy.optim;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A second vector of parameters that follows the first one through a run. It begins as a copy of
 * it, and is kept chunk by chunk like optimizer state. What is done with an element depends on this
 * element alone, so the bits do not depend on where the vector was cut.
 */
public sealed interface Companion permits EqualAverage, SlowWeights, WeightAverage {

  /**
   * The numbers of a step's formula, rounded to float32 once. {@link #follow} uses them, and so
   * does the kernel for GPUs, which has the companion's name ({@code optimizers.cuh}) and expects
   * them in this order.
   *
   * @param step number of the step, from 0
   * @return empty if neither the companion nor the parameters move in this step
   */
  float[] factors(long step);

  /**
   * Moves one chunk of the companion after the update of a step; may move the parameters too.
   *
   * @param companion (n) dense float32
   * @param parameters (n) dense float32
   * @param step number of the step, from 0
   * @throws IllegalArgumentException if the lengths differ
   */
  void follow(INDArray companion, INDArray parameters, long step);
}
