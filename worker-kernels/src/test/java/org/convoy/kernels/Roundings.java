package org.convoy.kernels;

import org.convoy.graph.Activate;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.Op;
import org.convoy.graph.Pool;
import org.convoy.graph.TransposedConvolution;

/**
 * What rounding to bfloat16 does to a short section of a network, from its ops alone.
 *
 * <p>One rounding errs by u = 2^-9 of a number, in the root mean square. The errors of n roundings
 * one after the other are independent of one another and add up to s = u sqrt(n), as long as
 * nothing amplifies them: norms, which divide by what is left after the mean is taken off, do so a
 * little. Counted are the input, every result and every weight of a product.
 *
 * <p>Gradients are rounded in forward and backward, sqrt(2) s. But at a kink, whose two sides let
 * different gradients through, an error of s takes s / pi of all normally distributed values to the
 * other side, half of all let their gradient through, and so a relative sqrt(2 s / pi) of the
 * gradient is lost or comes in addition: far more than s. Under a maximum of nine, the two largest
 * change places in 0.9 s of all cases, which is as much as three kinks.
 */
record Roundings(int count, int kinks) {
  private static final double ONE = 0x1p-9;
  private static final int KINKS_OF_MAXIMUM = 3;

  static Roundings of(Graph graph) {
    int count = 0;
    int kinks = 0;
    for (Node node : graph.nodes()) {
      count += isProduct(node.op()) ? 2 : 1;
      kinks += kinks(node.op());
    }
    return new Roundings(count, kinks);
  }

  /** Relative, of a result. */
  double ofResult() {
    return ONE * Math.sqrt(count);
  }

  /** Relative, of a gradient. */
  double ofGradient() {
    double s = ofResult();
    return Math.sqrt(2 * s * s + kinks * 2 * s / Math.PI);
  }

  private static boolean isProduct(Op op) {
    return op instanceof Convolution || op instanceof TransposedConvolution || op instanceof Linear;
  }

  private static int kinks(Op op) {
    if (op instanceof Pool pool && pool.kind() == Pool.Kind.MAX) {
      return KINKS_OF_MAXIMUM;
    }
    if (op instanceof Activate activate) {
      return switch (activate.function()) {
        case RELU, RELU6, LEAKY_RELU, HARD_SIGMOID, HARD_SWISH -> 1;
        case ELU, LINEAR, SIGMOID, TANH, GELU, GELU_TANH, SILU -> 0;
      };
    }
    return 0;
  }
}
