package org.convoy.kernels.onednn;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.GlobalResponseNorm;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;

/**
 * Global response normalisation. With g a channel's norm over its positions, m the mean of a
 * sample's g, and {@code n = g / (m + epsilon)}, it is {@code y = (scale n + 1) x + shift}. In C
 * order each channel of each sample lies in one piece, so what passes over all positions is an
 * {@link Affine} whose channels are those of all samples; what is left are matrices of a number for
 * each, in float32.
 */
final class GlobalResponseNorms {
  /** Stands in for a norm of zero under a fraction whose factor is zero then. */
  private static final double TINY = 1e-20;

  private final Lowering lowering;
  private final Node node;
  private final GlobalResponseNorm op;
  private final Arithmetic arithmetic;
  private final Affine affine;
  private final List<Parameter> parameters;
  private final long samples;
  private final long channels;
  private final Desc shown;
  private final Desc rows;
  private final Tensor source;

  private GlobalResponseNorms(Lowering lowering, Node node, GlobalResponseNorm op) {
    this.lowering = lowering;
    this.node = node;
    this.op = op;
    this.parameters = lowering.parameters(node);
    long[] dims = lowering.batched(node);
    this.samples = dims[0];
    this.channels = dims[1];
    int type = lowering.activationType();
    this.shown = Desc.plain(lowering.natives(), dims, type);
    long[] pieces = {1, samples * channels, node.shape().positions()};
    this.rows = Desc.plain(lowering.natives(), pieces, type);
    String word = "response norm " + node.name();
    this.arithmetic = new Arithmetic(lowering, word);
    this.affine = new Affine(lowering, word, rows);
    this.source = byRow(lowering.convertOnce(lowering.source(node), shown));
  }

  static Lowered lower(Lowering lowering, Node node, GlobalResponseNorm op) {
    return new GlobalResponseNorms(lowering, node, op).forward();
  }

  private Tensor byRow(Tensor tensor) {
    return new Tensor(tensor.buffer(), rows);
  }

  private Tensor asShown(Tensor tensor) {
    return new Tensor(tensor.buffer(), shown);
  }

  /** A vector of all channels of all samples as a matrix with a row a sample. */
  private Tensor matrix(Tensor vector) {
    return Shapes.plain(lowering, vector, new long[] {samples, channels});
  }

  private Tensor vector(Tensor matrix) {
    return Shapes.plain(lowering, matrix, new long[] {samples * channels});
  }

  private Tensor parameter(int index) {
    return lowering.parameter(parameters.get(index), 1, channels);
  }

  private Tensor zeros() {
    long[] dims = {samples, channels};
    return lowering.zeros(Desc.plain(lowering.natives(), dims, dnnl.dnnl_f32));
  }

  private Lowered forward() {
    Tensor squares = affine.allocateVector();
    affine.backward(source, source, vector(zeros()), squares, affine.allocateVector());
    Tensor norm = arithmetic.apply(dnnl.dnnl_eltwise_sqrt, 0, 0, matrix(squares));
    Tensor divisor = arithmetic.mean(norm, samples, 1);
    arithmetic.apply(dnnl.dnnl_eltwise_linear, 1, op.epsilon(), divisor);
    Tensor relative = arithmetic.join(dnnl.dnnl_binary_div, norm, divisor);
    Tensor factor = arithmetic.multiply(relative, parameter(0));
    arithmetic.apply(dnnl.dnnl_eltwise_linear, 1, 1, factor);
    Tensor shift = arithmetic.join(dnnl.dnnl_binary_add, zeros(), parameter(1));
    Tensor output = affine.apply(source, vector(factor), vector(shift));
    return new Lowered(
        asShown(output), gradient -> backward(gradient.tensor(), norm, divisor, relative, factor));
  }

  /**
   * With {@code dn = scale sum(dy x)} and {@code dg = (dn - avg(dn n)) / (m + epsilon)} it is
   * {@code dx = (scale n + 1) dy + dg / g x}.
   */
  private void backward(
      Tensor gradient, Tensor norm, Tensor divisor, Tensor relative, Tensor factor) {
    Tensor outputGradient = byRow(lowering.convert(gradient, shown));
    Tensor products = affine.allocateVector();
    Tensor sums = affine.allocateVector();
    Tensor result = affine.backward(source, outputGradient, vector(factor), products, sums);
    Tensor product = matrix(products);
    Tensor scaleTerms = arithmetic.multiply(product, relative);
    sumSamples(scaleTerms, parameters.get(0));
    sumSamples(matrix(sums), parameters.get(1));
    if (!lowering.wantsGradient(node.inputs().get(0))) {
      return;
    }
    Tensor ofRelative = arithmetic.multiply(product, parameter(0));
    Tensor shared = arithmetic.mean(arithmetic.multiply(ofRelative, relative), samples, 1);
    Tensor ofNorm = arithmetic.join(dnnl.dnnl_binary_sub, ofRelative, shared);
    arithmetic.join(dnnl.dnnl_binary_div, ofNorm, divisor, ofNorm);
    Tensor positive = arithmetic.clip(norm, TINY, Float.MAX_VALUE);
    arithmetic.join(dnnl.dnnl_binary_div, ofNorm, positive, ofNorm);
    Tensor byNorm = affine.apply(source, vector(ofNorm), vector(zeros()));
    arithmetic.join(dnnl.dnnl_binary_add, result, byNorm, result);
    lowering.contribute(node.inputs().get(0), asShown(result), true);
  }

  private void sumSamples(Tensor terms, Parameter parameter) {
    Tensor to = lowering.gradient(parameter, 1, channels);
    MatrixProducts.sumSamples(lowering, "response norm " + node.name(), terms, to);
  }
}
