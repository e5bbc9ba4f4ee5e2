package org.convoy.kernels.onednn;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.MatrixProduct;
import org.convoy.graph.Node;
import org.convoy.kernels.onednn.Step.Argument;

/** Matrix products, a matrix a sample, both factors in C order or their transposes. */
final class MatrixProducts {
  private MatrixProducts() {}

  static Lowered lower(Lowering lowering, Node node, MatrixProduct op) {
    Tensor first = matrix(lowering, lowering.activation(node));
    Tensor second = matrix(lowering, activation(lowering, lowering.output(node.inputs().get(1))));
    Tensor left = op.transposeLeft() ? transposed(lowering, first) : first;
    Tensor right = op.transposeRight() ? transposed(lowering, second) : second;
    Tensor output = multiply(lowering, "product forward " + node.name(), left, right);
    return new Lowered(
        output,
        gradient -> {
          String word = "product backward " + node.name();
          Tensor outputGradient = lowering.convert(gradient.tensor(), output.desc());
          Tensor transposedGradient = transposed(lowering, outputGradient);
          int one = node.inputs().get(0);
          int other = node.inputs().get(1);
          if (lowering.wantsGradient(one)) {
            // The gradient of an input that was transposed is asked for as it lies in memory.
            Tensor result =
                op.transposeLeft()
                    ? multiply(lowering, word, right, transposedGradient)
                    : multiply(lowering, word, outputGradient, transposed(lowering, right));
            contribute(lowering, one, result);
          }
          if (lowering.wantsGradient(other)) {
            Tensor result =
                op.transposeRight()
                    ? multiply(lowering, word, transposedGradient, left)
                    : multiply(lowering, word, transposed(lowering, left), outputGradient);
            contribute(lowering, other, result);
          }
        });
  }

  private static void contribute(Lowering lowering, int input, Tensor result) {
    long[] dims = lowering.output(input).desc().dimensions();
    lowering.contribute(input, Shapes.plain(lowering, result, dims), true);
  }

  private static Tensor activation(Lowering lowering, Tensor result) {
    Desc desc = result.desc();
    int type = lowering.activationType();
    return desc.type() == type
        ? result
        : lowering.convertOnce(result, Desc.plain(lowering.natives(), desc.dimensions(), type));
  }

  /** {@code (batch, channels, positions)} in C order. */
  private static Tensor matrix(Lowering lowering, Tensor tensor) {
    long[] dims = tensor.desc().dimensions();
    long positions = 1;
    for (int i = 2; i < dims.length; i++) {
      positions *= dims[i];
    }
    return Shapes.plain(lowering, tensor, new long[] {dims[0], dims[1], positions});
  }

  /** The same memory read as the transposed matrix. */
  static Tensor transposed(Lowering lowering, Tensor matrix) {
    Desc desc = matrix.desc();
    long[] dims = desc.dimensions();
    long[] swapped = {dims[0], dims[2], dims[1]};
    Desc other =
        isPlain(lowering, matrix)
            ? Desc.strided(
                lowering.natives(),
                swapped,
                desc.type(),
                new long[] {dims[1] * dims[2], 1, dims[2]})
            : Desc.plain(lowering.natives(), swapped, desc.type());
    return new Tensor(matrix.buffer(), other);
  }

  private static boolean isPlain(Lowering lowering, Tensor matrix) {
    Desc desc = matrix.desc();
    return desc.sameAs(Desc.plain(lowering.natives(), desc.dimensions(), desc.type()));
  }

  /** The product of two batches of matrices, of which one may be a single matrix, in C order. */
  static Tensor multiply(Lowering lowering, String word, Tensor left, Tensor right) {
    long[] rows = left.desc().dimensions();
    long[] columns = right.desc().dimensions();
    long[] dims = {Math.max(rows[0], columns[0]), rows[1], columns[2]};
    Desc desc = Desc.plain(lowering.natives(), dims, left.desc().type());
    return multiply(lowering, word, left, right, lowering.allocate(desc));
  }

  /**
   * Sums over the samples, as a product with ones: oneDNN reduces the first dimension with
   * reference code.
   *
   * @param to a matrix of one row with all elements of a sample
   */
  static void sumSamples(Lowering lowering, String word, Tensor from, Tensor to) {
    long samples = from.desc().dimensions()[0];
    long elements = to.desc().dimensions()[1];
    Tensor rows = Shapes.plain(lowering, from, new long[] {samples, elements});
    if (samples == 1) {
      lowering.steps().reorder(word, rows, to);
      return;
    }
    double[] ones = new double[Math.toIntExact(samples)];
    Arrays.fill(ones, 1);
    Desc row = Desc.plain(lowering.natives(), new long[] {1, samples}, from.desc().type());
    multiply(lowering, word, lowering.weights().constant(ones, row), rows, to);
  }

  /** {@link #multiply} of matrices or of batches of them into memory of the caller's. */
  static Tensor multiply(Lowering lowering, String word, Tensor left, Tensor right, Tensor to) {
    try (Attributes attributes = Attributes.standard()) {
      return multiply(lowering, word, attributes, left, right, to);
    }
  }

  /** The same with attributes of the product. */
  static Tensor multiply(
      Lowering lowering, String word, Attributes attributes, Tensor left, Tensor right, Tensor to) {
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            word,
            attributes,
            (result, applied) ->
                dnnl.dnnl_matmul_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    left.desc().handle(),
                    right.desc().handle(),
                    new dnnl_memory_desc(),
                    to.desc().handle(),
                    applied));
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_SRC, left),
            new Argument(dnnl.DNNL_ARG_WEIGHTS, right),
            new Argument(dnnl.DNNL_ARG_DST, to));
    return to;
  }
}
