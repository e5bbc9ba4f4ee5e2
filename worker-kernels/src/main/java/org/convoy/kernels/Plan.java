package org.convoy.kernels;

import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph compiled for one batch size, precision and mode. One thread uses it at a time. A step
 * allocates nothing.
 *
 * <p>One training step, on one micro-batch:
 *
 * <pre>{@code
 * plan.bind(parameters, gradients);        // once
 * plan.input().assign(images);             // or write through its buffer
 * plan.forward(key);
 * double loss = lossFunction.evaluate(plan.output(), targets, outputGradient);
 * plan.backward(outputGradient, GradientListener.NONE);
 * }</pre>
 *
 * <p>After backward the flat gradient holds the gradient of every trained tensor (overwritten, not
 * accumulated), and in the place of each running statistic the batch's moments, as {@link
 * RunningStatistics} defines them. The places of {@link Frozen} tensors, and of the statistics of
 * frozen norms, are not written: they keep what the caller put there. Backward goes no further than
 * the first node that has a tensor to train, unless the gradient of the input was asked for.
 */
public interface Plan extends AutoCloseable {

  /** The graph as it was given, before fusions. */
  Graph graph();

  /** The layout of the flat vectors. */
  Parameters layout();

  /** What the plan was compiled for; its precision is the one that it really computes in. */
  PlanRequest request();

  /** What binding takes, known beforehand. */
  PlanMemory memory();

  /**
   * Takes the plan's memory, if it has not been taken yet, and from now on reads parameters from
   * and writes gradients to these vectors. They stay the caller's and must outlive the plan or the
   * next bind. Several plans of equal layouts may be bound to the same vectors, whatever their
   * batches, precisions, modes and resolutions ({@link Graph#at}).
   *
   * @param parameters rank 1, {@code layout().length()} elements of the precision's vector type
   * @param gradients the same; for an inference plan it is not written and may be the parameters
   *     themselves
   */
  void bind(INDArray parameters, INDArray gradients);

  /**
   * To be called after the bound parameters' values changed, on every plan that is bound to them:
   * plans keep copies of weights in their own layouts.
   */
  default void parametersChanged() {}

  /**
   * The batch to compute, {@code (batch, dimensions...)} in C order, to be written by the caller
   * before forward.
   */
  INDArray input();

  /** The result of the last forward, {@code (batch, dimensions...)} in C order. */
  INDArray output();

  /** The gradient of the input after backward, if the request asked for it. */
  INDArray inputGradient();

  /**
   * Computes the output from the input.
   *
   * @param drawKey names the random draws of this pass, those of dropout and its like; a pass with
   *     the same key draws the same
   */
  void forward(long drawKey);

  /**
   * Computes gradients after a forward of a training plan.
   *
   * @param outputGradient the loss's gradient by the output, {@code (batch, dimensions...)} in C
   *     order
   */
  void backward(INDArray outputGradient, GradientListener listener);

  /**
   * Times each kernel in whole steps and then alone, in the plan's own memory, for profiles and as
   * the bound of what a step can reach. The plan's results are of no use afterwards, until the next
   * forward.
   *
   * @param repetitions executions of each kernel, of which the median counts; at least 1
   * @return in the order of a step; empty for a backend that has no kernels of its own
   */
  default List<KernelTime> timeKernels(int repetitions) {
    return List.of();
  }

  /** Gives the memory back; any later use is refused. */
  @Override
  void close();
}
