package org.convoy.kernels.nd4j;

import java.util.List;
import java.util.function.LongSupplier;
import org.convoy.kernels.Mode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where one node of a plan reads and writes.
 *
 * @param name of the node
 * @param drawKey the key of the present pass's random draws
 * @param inputs {@code (batch, dimensions...)} each, in C order
 * @param output the node's result, valid in backward
 * @param parameters views of the flat vector, in the op's own order
 * @param gradients views of the flat gradient in the same order, to be overwritten; empty for an
 *     inference plan
 */
record Site(
    Mode mode,
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
