package org.convoy.kernels.onednn;

import java.nio.FloatBuffer;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Dropout;
import org.convoy.graph.Node;
import org.convoy.kernels.DropoutMask;

/**
 * Dropout: the mask is drawn into the arena on the way forward, and each direction is one product
 * with it. The mask is float32 whatever the activations are. Where a channel or a sample is dropped
 * as a whole it has one element for each channel of each sample.
 */
final class Dropouts {
  private Dropouts() {}

  static Lowered lower(Lowering lowering, Node node, Dropout op) {
    if (!lowering.training() || op.probability() == 0) {
      return Shapes.unchanged(lowering, node);
    }
    int input = node.inputs().get(0);
    Tensor source = lowering.activation(node);
    Tensor factors = factors(lowering, source, op, node);
    Tensor output = lowering.allocate(source.desc());
    Elementwise.multiply(lowering, node.name(), source, factors, output);
    return new Lowered(
        output,
        gradient -> {
          if (lowering.wantsGradient(input)) {
            Gradient outputGradient = gradient.in(lowering, source.desc());
            Tensor result = outputGradient.place(lowering);
            String word = node.name() + " backward";
            Elementwise.multiply(lowering, word, outputGradient.tensor(), factors, result);
            lowering.contribute(input, result, true);
          }
        });
  }

  private static Tensor factors(Lowering lowering, Tensor source, Dropout op, Node node) {
    DropoutMask mask = new DropoutMask(op, node.name(), lowering.batched(node));
    long[] dims = mask.shape();
    Step.Filling filling = mask::draw;
    if (op.kind() == Dropout.Kind.SAMPLE) {
      int channels = node.shape().channels();
      dims[1] = channels;
      filling =
          (drawKey, to) -> {
            mask.draw(drawKey, to);
            spread(to, mask.length(), channels);
          };
    }
    Tensor drawn = lowering.allocate(Desc.plain(lowering.natives(), dims, dnnl.dnnl_f32));
    lowering.steps().fill(filling, drawn);
    return lowering.convert(drawn, Products.like(lowering, source, dims, dnnl.dnnl_f32));
  }

  /** Writes each of the first {@code count} numbers {@code times} times, in their order. */
  private static void spread(FloatBuffer numbers, int count, int times) {
    for (int i = count - 1; i >= 0; i--) {
      float number = numbers.get(i);
      for (int j = 0; j < times; j++) {
        numbers.put(i * times + j, number);
      }
    }
  }
}
