package org.convoy.kernels.nd4j;

import java.util.List;
import java.util.function.LongSupplier;
import org.convoy.kernels.Mode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The arrays that one node of a plan reads and writes.
 *
 * @param batchMoments whether a batch normalisation uses the moments of the batch instead of its
 *     running statistics
 * @param name of the node
 * @param drawKey the key of this pass's random draws
 * @param inputs {@code (batch, dimensions...)} each, in C order
 * @param output the node's result, valid in backward
 * @param parameters views of the flat vector, in the op's own order
 * @param gradients the places of the parameters' gradients, in the same order: views of the flat
 *     gradient, and for frozen tensors memory that nobody reads; empty where backward does not come
 */
record Site(
    Mode mode,
    boolean batchMoments,
    String name,
    LongSupplier drawKey,
    List<INDArray> inputs,
    INDArray output,
    List<INDArray> parameters,
    List<INDArray> gradients) {

  INDArray input(int index) {
    return inputs.get(index);
  }

  INDArray parameter(int index) {
    return parameters.get(index);
  }

  INDArray gradient(int index) {
    return gradients.get(index);
  }
}
