package org.convoy.kernels.cudnn;

import java.util.List;
import org.convoy.graph.MatrixProduct;
import org.convoy.graph.Node;

/** Matrix products, a matrix a sample: its rows are channels, its columns positions. */
final class MatrixProducts {
  private MatrixProducts() {}

  static Lowered lower(Lowering lowering, Node node, MatrixProduct op) {
    List<Integer> inputs = node.inputs();
    Tensor first = lowering.input(node, 0);
    Tensor second = lowering.input(node, 1);
    Tensor output = lowering.allocate(lowering.desc(node));
    long rows = output.desc().channels();
    long columns = output.desc().positions();
    long terms = op.transposeLeft() ? first.desc().channels() : first.desc().positions();
    Matrices left = matrices(first, op.transposeLeft());
    Matrices right = matrices(second, op.transposeRight());
    left.multiply(lowering, "forward", right, Matrices.ofChannels(output), rows, terms, columns);
    return new Lowered(
        output,
        gradient -> {
          Matrices dy = Matrices.ofChannels(gradient.tensor());
          if (lowering.wantsGradient(inputs.get(0))) {
            Tensor result = lowering.allocate(first.desc());
            Matrices place = matrices(result, op.transposeLeft());
            dy.multiply(lowering, "left gradient", right.transposed(), place, rows, columns, terms);
            lowering.contribute(inputs.get(0), result, true);
          }
          if (lowering.wantsGradient(inputs.get(1))) {
            Tensor result = lowering.allocate(second.desc());
            Matrices place = matrices(result, op.transposeRight());
            left.transposed().multiply(lowering, "right gradient", dy, place, terms, rows, columns);
            lowering.contribute(inputs.get(1), result, true);
          }
        });
  }

  private static Matrices matrices(Tensor tensor, boolean transpose) {
    Matrices matrices = Matrices.ofChannels(tensor);
    return transpose ? matrices.transposed() : matrices;
  }
}
