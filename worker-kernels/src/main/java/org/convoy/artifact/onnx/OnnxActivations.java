package org.convoy.artifact.onnx;

import static org.convoy.artifact.onnx.OnnxNodes.attribute;

import java.util.List;
import org.convoy.graph.Activate;

/** Activation functions. GELU has no operator before opset 20, so it is written out. */
final class OnnxActivations {
  private OnnxActivations() {}

  /** Applies a function to a value. */
  static String add(Activate op, OnnxSite site, String x) {
    return switch (op.function()) {
      case RELU -> site.add("Relu", x);
      case RELU6 -> site.add("Clip", List.of(x, site.scalar(0), site.scalar(6)));
      case LEAKY_RELU -> site.add("LeakyRelu", x, attribute("alpha", op.alpha()));
      case ELU -> site.add("Elu", x, attribute("alpha", op.alpha()));
      case SIGMOID -> site.add("Sigmoid", x);
      case TANH -> site.add("Tanh", x);
      case GELU -> gelu(site, x);
      case GELU_TANH -> geluTanh(site, x);
      case SILU -> site.add("Mul", List.of(x, site.add("Sigmoid", x)));
      case LINEAR -> site.add("Mul", List.of(x, site.scalar(op.alpha())));
      case HARD_SIGMOID ->
          site.add("HardSigmoid", x, attribute("alpha", 1.0 / 6), attribute("beta", 0.5));
      case HARD_SWISH -> site.add("HardSwish", x);
    };
  }

  /** {@code x / 2 (1 + erf(x / sqrt(2)))}. */
  private static String gelu(OnnxSite site, String x) {
    String scaled = site.add("Div", List.of(x, site.scalar(Math.sqrt(2))));
    return halfTimes(site, x, site.add("Erf", scaled));
  }

  /** {@code x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))}. */
  private static String geluTanh(OnnxSite site, String x) {
    String square = site.add("Mul", List.of(x, x));
    String cube = site.add("Mul", List.of(square, x));
    String small = site.add("Mul", List.of(cube, site.scalar(0.044715)));
    String sum = site.add("Add", List.of(x, small));
    String scaled = site.add("Mul", List.of(sum, site.scalar(Math.sqrt(2 / Math.PI))));
    return halfTimes(site, x, site.add("Tanh", scaled));
  }

  private static String halfTimes(OnnxSite site, String x, String y) {
    String sum = site.add("Add", List.of(y, site.scalar(1)));
    String product = site.add("Mul", List.of(x, sum));
    return site.add("Mul", List.of(product, site.scalar(0.5)));
  }
}
