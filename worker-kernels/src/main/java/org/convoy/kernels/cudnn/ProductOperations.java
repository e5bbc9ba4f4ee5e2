package org.convoy.kernels.cudnn;

import java.util.List;
import org.convoy.kernels.cudnn.Descriptor.Kind;
import org.convoy.kernels.cudnn.Descriptor.Type;

/** A matrix product: cuDNN lists dimensions as (samples, rows, columns). */
final class ProductOperations {
  private ProductOperations() {}

  static void add(OperationGraph graph, Work.Product work) {
    Descriptor left = tensor(graph, work.type(), work, work.rows(), work.terms(), work.left());
    Descriptor right = tensor(graph, work.type(), work, work.terms(), work.columns(), work.right());
    Descriptor result = tensor(graph, work.to(), work, work.rows(), work.columns(), work.result());
    Descriptor product =
        graph
            .own(Kind.MATMUL)
            .setNumber(Attribute.MATMUL_COMP_TYPE, Type.DATA_TYPE, OperationGraph.FLOAT)
            .finish();
    graph.add(
        graph
            .own(Kind.OPERATION_MATMUL)
            .set(Attribute.OPERATION_MATMUL_DESC, product)
            .set(Attribute.OPERATION_MATMUL_ADESC, left)
            .set(Attribute.OPERATION_MATMUL_BDESC, right)
            .set(Attribute.OPERATION_MATMUL_CDESC, result));
  }

  private static Descriptor tensor(
      OperationGraph graph,
      NumberType type,
      Work.Product work,
      long rows,
      long columns,
      List<Long> strides) {
    return graph.tensor(
        type,
        new long[] {work.samples(), rows, columns},
        strides.stream().mapToLong(Long::longValue).toArray());
  }
}
