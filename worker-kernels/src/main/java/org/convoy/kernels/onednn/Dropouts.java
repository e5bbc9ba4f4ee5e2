package org.convoy.kernels.onednn;

import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Dropout;
import org.convoy.graph.Node;
import org.convoy.kernels.DropoutMask;
import org.convoy.kernels.onednn.Lowering.Lowered;

/**
 * Dropout: the mask is drawn into the arena on the way forward, and each direction is one product
 * with it. The mask is float32 whatever the activations are, and has one element for a channel or a
 * sample that is dropped as a whole.
 */
final class Dropouts {
  private Dropouts() {}

  static Lowered lower(Lowering lowering, Node node, Dropout op) {
    int input = node.inputs().get(0);
    if (!lowering.training() || op.probability() == 0) {
      return Shapes.unchanged(lowering, node);
    }
    Tensor source = lowering.activation(node);
    DropoutMask mask = new DropoutMask(op, node.name(), lowering.batched(node));
    Tensor drawn = lowering.allocate(Desc.plain(lowering.natives(), mask.shape(), dnnl.dnnl_f32));
    lowering.fill(mask::draw, drawn);
    Tensor factors =
        source
            .desc()
            .retyped(lowering.natives(), dnnl.dnnl_f32)
            .filter(desc -> Arrays.equals(desc.dimensions(), mask.shape()))
            .map(desc -> lowering.convert(drawn, desc))
            .orElse(drawn);
    Tensor output = lowering.allocate(source.desc());
    Elementwise.multiply(lowering, node.name(), source, factors, output);
    return new Lowered(
        output,
        gradient -> {
          if (lowering.wantsGradient(input)) {
            Tensor slope = lowering.convert(gradient.tensor(), source.desc());
            boolean exclusive = gradient.exclusive() || slope != gradient.tensor();
            Tensor result = exclusive ? slope : lowering.allocate(source.desc());
            Elementwise.multiply(lowering, node.name() + " backward", slope, factors, result);
            lowering.contribute(input, result, true);
          }
        });
  }
}
