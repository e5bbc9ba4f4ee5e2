package org.convoy.kernels;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.kernels.cuda.DeviceVector;
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
 * accumulated), and the batch's moments in the places of the running statistics, as {@link
 * RunningStatistics} defines them. The places of {@link Frozen} tensors, and of the statistics of
 * frozen norms, are not written: they keep the caller's values. Backward ends at the first node
 * that has a tensor to train, unless the gradient of the input was requested.
 */
public interface Plan extends AutoCloseable {

  /** The original graph, before fusions. */
  Graph graph();

  /** The layout of the flat vectors. */
  Parameters layout();

  /**
   * The request that the plan was compiled for; its precision is the one that the plan really
   * computes in.
   */
  PlanRequest request();

  /** The memory that binding needs, known beforehand. */
  PlanMemory memory();

  /**
   * Allocates the plan's memory, unless that has been done, and from now on reads parameters from
   * and writes gradients to these vectors. The caller owns them; they must outlive the plan or the
   * next bind. Several plans of equal layouts may be bound to the same vectors, whatever their
   * batches, precisions, modes and resolutions ({@link Graph#at}).
   *
   * @param parameters rank 1, {@code layout().length()} elements of the precision's vector type
   * @param gradients the same; an inference plan does not write it, and it may be the parameters
   *     themselves
   */
  void bind(INDArray parameters, INDArray gradients);

  /**
   * Binds the plan to vectors in the memory of the backend's {@link Backend#device}, in place of
   * the host's. Nothing of them is copied: a step reads parameters and writes gradients where they
   * lie. The listener of {@link #backward} hears of a range once everything that finishes it has
   * been launched; what is launched afterwards finds it finished.
   *
   * @throws UnsupportedOperationException if the backend has no memory of its own
   */
  default void bind(DeviceVector parameters, DeviceVector gradients) {
    throw new UnsupportedOperationException("these plans compute in the host's memory");
  }

  /**
   * Must be called on every bound plan after the values of the bound parameters have changed,
   * because plans keep copies of weights in their own layouts.
   */
  default void parametersChanged() {}

  /**
   * The batch to compute, {@code (batch, dimensions...)} in C order. The caller writes it before
   * forward.
   */
  INDArray input();

  /** The result of the last forward, {@code (batch, dimensions...)} in C order. */
  INDArray output();

  /** The gradient of the input after backward, if it was requested. */
  INDArray inputGradient();

  /**
   * Computes the output from the input.
   *
   * @param drawKey the key of this pass's random draws, for example those of dropout; passes with
   *     the same key draw the same
   */
  void forward(long drawKey);

  /**
   * Computes the output from a batch that lies elsewhere, once all parameters are written.
   *
   * @param batch as of {@link #forward(Pointer, long, ParameterGate)}
   * @param drawKey as of {@link #forward(long)}
   */
  default void forward(Pointer batch, long drawKey) {
    forward(batch, drawKey, ParameterGate.OPEN);
  }

  /**
   * Computes the output from a batch that lies elsewhere, while parameters may still be written. A
   * plan may read the batch there, without a copy, so its values must not change before backward
   * has ended. After {@link #parametersChanged} a plan may wait for each parameter just before it
   * reads it, or for all of them at the beginning.
   *
   * @param batch float32 in the order of {@link #input}, aligned to 64 bytes
   * @param drawKey as of {@link #forward(long)}
   * @param gate where to wait for parameters
   */
  default void forward(Pointer batch, long drawKey, ParameterGate gate) {
    gate.awaitAll();
    Pointer.memcpy(input().data().addressPointer(), batch, input().length() * Float.BYTES);
    forward(drawKey);
  }

  /**
   * Computes the output from a batch that is on the device already.
   *
   * @param input writes the batch as the network takes it; the same object in each pass
   * @throws UnsupportedOperationException if the backend has no memory of its own
   */
  default void forward(InputKernels input, long drawKey, ParameterGate gate) {
    throw new UnsupportedOperationException("these plans compute in the host's memory");
  }

  /**
   * Computes gradients after a forward of a training plan.
   *
   * @param outputGradient the gradient of the loss with respect to the output, {@code (batch,
   *     dimensions...)} in C order
   */
  void backward(INDArray outputGradient, GradientListener listener);

  /**
   * Computes output and gradients in one go where the loss is computed on the device too: forward
   * as of {@link #forward(Pointer, long, ParameterGate)}, the loss, and backward. The output is not
   * brought to the host.
   *
   * @param loss computes the gradient of the output; the same object in each step
   * @throws UnsupportedOperationException if the backend has no memory of its own
   */
  default void step(
      Pointer batch,
      long drawKey,
      ParameterGate gate,
      OutputKernels loss,
      GradientListener listener) {
    throw new UnsupportedOperationException("these plans compute in the host's memory");
  }

  /**
   * The same step of a batch that is on the device already.
   *
   * @param input writes the batch as the network takes it; the same object in each step
   */
  default void step(
      InputKernels input,
      long drawKey,
      ParameterGate gate,
      OutputKernels loss,
      GradientListener listener) {
    throw new UnsupportedOperationException("these plans compute in the host's memory");
  }

  /**
   * Times each kernel in whole steps and then alone, in the plan's own memory, for profiles and as
   * a lower bound of a step's time. The plan's results are invalid afterwards, until the next
   * forward.
   *
   * @param repetitions the number of executions of each kernel, at least 1; the median counts
   * @return times in the order of a step; empty for a backend without its own kernels
   */
  default List<KernelTime> timeKernels(int repetitions) {
    return List.of();
  }

  /**
   * The library's names for the code that the kernels run, each with the words of its kernels, as
   * in {@link KernelTime}. Known before the plan is bound.
   *
   * @return empty for a backend without its own kernels
   */
  default SortedMap<String, List<String>> implementations() {
    return new TreeMap<>();
  }

  /**
   * The kernels whose implementation in the request's {@link Choices} is not there on this machine,
   * each with the one that computes instead. A plan that has some may round otherwise than the plan
   * for which the choices were made.
   */
  default SortedMap<String, String> replaced() {
    return new TreeMap<>();
  }

  /** Frees the memory. Any later use is refused. */
  @Override
  void close();
}
