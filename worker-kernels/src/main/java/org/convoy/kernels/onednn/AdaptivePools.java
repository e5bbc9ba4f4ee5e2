package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.AdaptiveAveragePool;
import org.convoy.graph.Node;
import org.convoy.graph.Pool;
import org.convoy.graph.Window;
import org.convoy.kernels.AdaptiveBins;

/**
 * Adaptive average pooling: an ordinary average pooling where the output's sizes divide the
 * input's; else a product of every channel's map with the constant matrix of the bins, in float32.
 */
final class AdaptivePools {
  private AdaptivePools() {}

  static Lowered lower(Lowering lowering, Node node, AdaptiveAveragePool op) {
    List<Integer> in = lowering.graph().nodes().get(node.inputs().get(0)).shape().spatial();
    if (in.equals(op.output())) {
      return Shapes.unchanged(lowering, node);
    }
    List<Integer> ratio = new ArrayList<>();
    for (int i = 0; i < in.size(); i++) {
      if (in.get(i) % op.output().get(i) != 0) {
        return binned(lowering, node, new AdaptiveBins(in, op.output()));
      }
      ratio.add(in.get(i) / op.output().get(i));
    }
    List<Integer> none = Collections.nCopies(in.size(), 0);
    List<Integer> dense = Collections.nCopies(in.size(), 1);
    Window window = new Window(ratio, ratio, none, none, dense);
    return Pools.lower(lowering, node, new Pool(Pool.Kind.AVERAGE, window, false, false));
  }

  private static Lowered binned(Lowering lowering, Node node, AdaptiveBins bins) {
    Natives natives = lowering.natives();
    long[] in = lowering.source(node).desc().dimensions();
    long[] out = lowering.batched(node);
    int rows = bins.rows();
    int columns = bins.columns();
    long maps = in[0] * in[1];
    Desc source = Desc.plain(natives, in, dnnl.dnnl_f32);
    Tensor read = lowering.convertOnce(lowering.source(node), source);
    Tensor output = lowering.allocate(Desc.plain(natives, out, dnnl.dnnl_f32));
    Tensor matrix =
        lowering
            .weights()
            .constant(
                elements(rows * columns, at -> bins.share(at / columns, at % columns)),
                rows,
                columns);
    MatrixProducts.multiply(
        lowering,
        node.name(),
        matrix(lowering, read, maps, rows),
        matrix,
        matrix(lowering, output, maps, columns));
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor outputGradient = lowering.convert(gradient.tensor(), output.desc());
            Tensor result = lowering.allocate(source);
            Tensor transposed =
                lowering
                    .weights()
                    .constant(
                        elements(rows * columns, at -> bins.share(at % rows, at / rows)),
                        columns,
                        rows);
            MatrixProducts.multiply(
                lowering,
                node.name() + " backward",
                matrix(lowering, outputGradient, maps, columns),
                transposed,
                matrix(lowering, result, maps, rows));
            lowering.contribute(input, result, true);
          }
        });
  }

  private static double[] elements(int count, IntToDoubleFunction element) {
    return IntStream.range(0, count).mapToDouble(element).toArray();
  }

  /** A plain tensor as one row a channel's map. */
  private static Tensor matrix(Lowering lowering, Tensor tensor, long rows, long columns) {
    return new Tensor(
        tensor.buffer(), Desc.plain(lowering.natives(), new long[] {rows, columns}, dnnl.dnnl_f32));
  }
}
