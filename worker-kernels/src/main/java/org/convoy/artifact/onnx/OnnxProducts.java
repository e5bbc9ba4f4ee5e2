package org.convoy.artifact.onnx;

import static org.convoy.artifact.onnx.OnnxNodes.attribute;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.convoy.graph.Attention;
import org.convoy.graph.Embedding;
import org.convoy.graph.Linear;
import org.convoy.graph.MatrixProduct;
import org.convoy.graph.RelativeAttention;
import org.convoy.graph.Resize;
import org.convoy.graph.Shape;

/** Matrix products, and what is one. */
final class OnnxProducts {
  private OnnxProducts() {}

  /** At each position of an image a linear layer is a convolution of 1x1. */
  static String linear(Linear op, OnnxSite site) {
    List<String> inputs = new ArrayList<>(List.of(site.input()));
    inputs.addAll(site.tensors());
    if (site.shape().spatialRank() == 0) {
      return site.add("Gemm", inputs, attribute("transB", 1));
    }
    List<Integer> kernel = new ArrayList<>(List.of(op.outFeatures(), site.shape().channels()));
    site.shape().spatial().forEach(any -> kernel.add(1));
    inputs.set(1, site.add("Reshape", List.of(inputs.get(1), site.integers(kernel))));
    return site.add("Conv", inputs);
  }

  static String matrices(MatrixProduct op, OnnxSite site) {
    return site.add(
        "MatMul",
        List.of(factor(site, 0, op.transposeLeft()), factor(site, 1, op.transposeRight())));
  }

  private static String factor(OnnxSite site, int input, boolean transpose) {
    Shape shape = site.shapes().get(input);
    String value = site.inputs().get(input);
    if (shape.spatialRank() != 1) {
      value = site.reshape(value, List.of(shape.channels(), Math.toIntExact(shape.positions())));
    }
    return transpose ? site.exchange(value, 3, 1, 2) : value;
  }

  /** {@code values softmax(keys^T queries / sqrt(d))} for each head, the softmax over keys. */
  static String attention(Attention op, OnnxSite site) {
    return attention(op.heads(), site, UnaryOperator.identity());
  }

  /** The same between images, with a number of the node's table added to each score. */
  static String attention(RelativeAttention op, OnnxSite site) {
    int positions = Math.toIntExact(site.shape().positions());
    String rows = site.integers(RelativeAttention.rows(site.shape().spatial()));
    // Keys by queries in each row, then a row for each head.
    String pairs = site.add("Gather", List.of(site.tensors().get(0), rows));
    String byHead = site.exchange(pairs, 2, 0, 1);
    String shape = site.integers(List.of(1, op.heads(), positions, positions));
    String addends = site.add("Reshape", List.of(byHead, shape));
    return attention(op.heads(), site, scores -> site.add("Add", List.of(scores, addends)));
  }

  private static String attention(int heads, OnnxSite site, UnaryOperator<String> ofScores) {
    Shape result = site.output();
    int channels = site.shape().channels() / heads;
    String queries = heads(heads, site, 0);
    String keys = site.exchange(heads(heads, site, 1), 4, 2, 3);
    String products = site.add("MatMul", List.of(keys, queries));
    String scaled = site.add("Mul", List.of(products, site.scalar(1 / Math.sqrt(channels))));
    String weights = site.add("Softmax", ofScores.apply(scaled), attribute("axis", 2));
    String values = site.add("MatMul", List.of(heads(heads, site, 2), weights));
    return site.reshape(values, result);
  }

  /** A sequence as (batch, heads, channels of a head, positions). */
  private static String heads(int heads, OnnxSite site, int input) {
    Shape shape = site.shapes().get(input);
    int positions = Math.toIntExact(shape.positions());
    return site.reshape(
        site.inputs().get(input), List.of(heads, shape.channels() / heads, positions));
  }

  /** The vectors as (1, channels, positions), with zeros behind them, added to each sample. */
  static String embedding(Embedding op, OnnxSite site) {
    String vectors = site.exchange(site.tensors().get(0), 3, 1, 2);
    int rest = Math.toIntExact(site.shape().positions()) - op.positions();
    if (rest > 0) {
      String pads = site.integers(List.of(0, 0, 0, 0, 0, rest));
      vectors = site.add("Pad", List.of(vectors, pads));
    }
    return site.add("Add", List.of(site.input(), vectors));
  }

  /**
   * Each dimension by itself. What takes one position takes it by index, so that no rounding of a
   * scale moves it; what lies between two is a product with {@link Resize#weights}.
   */
  static String resize(Resize op, OnnxSite site) {
    String value = site.input();
    for (int dimension = 0; dimension < op.size().size(); dimension++) {
      int in = site.shape().spatial().get(dimension);
      int out = op.size().get(dimension);
      if (in == out) {
        continue;
      }
      double[] weights = op.weights(in, out);
      value =
          switch (op.method()) {
            case NEAREST, NEAREST_EXACT ->
                site.add(
                    "Gather",
                    List.of(value, site.integers(positions(weights, in, out))),
                    attribute("axis", 2 + dimension));
            case LINEAR, LINEAR_ALIGNED ->
                along(site, value, 2 + dimension, site.matrix(in, out, columns(weights, in, out)));
          };
    }
    return value;
  }

  /** The column of each row's 1. */
  private static List<Integer> positions(double[] weights, int in, int out) {
    List<Integer> positions = new ArrayList<>();
    for (int o = 0; o < out; o++) {
      int position = 0;
      while (weights[o * in + position] == 0) {
        position++;
      }
      positions.add(position);
    }
    return positions;
  }

  /** The transpose of a matrix of {@code out} rows. */
  private static float[] columns(double[] weights, int in, int out) {
    float[] transposed = new float[weights.length];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        transposed[i * out + o] = (float) weights[o * in + i];
      }
    }
    return transposed;
  }

  /**
   * Multiplies a value along one dimension by a matrix of (in, out).
   *
   * @param axis the dimension; 0 is the batch
   */
  static String along(OnnxSite site, String value, int axis, String matrix) {
    int rank = site.shape().rank() + 1;
    int last = rank - 1;
    if (axis == last) {
      return site.add("MatMul", List.of(value, matrix));
    }
    String turned = site.exchange(value, rank, axis, last);
    return site.exchange(site.add("MatMul", List.of(turned, matrix)), rank, axis, last);
  }
}
