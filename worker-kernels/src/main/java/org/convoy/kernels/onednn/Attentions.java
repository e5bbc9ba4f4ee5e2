package org.convoy.kernels.onednn;

import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Attention;
import org.convoy.graph.Node;
import org.convoy.graph.RelativeAttention;

/**
 * Attention as products of matrices, one for each sample and head, and a softmax between them.
 * Sequences, and images read as sequences, lie in C order, so that a head's channels are a matrix
 * {@code (channels, positions)}. Scores are {@code (queries, keys)}: then the softmax passes over
 * memory in its order. Scores are float32, what is kept of them has the activation type. With
 * relative positions, a row of numbers is added to each sample's scores.
 */
final class Attentions {
  private static final int KEYS = 3;

  private final Lowering lowering;
  private final Node node;
  private final int heads;
  private final float scale;
  private final Tensor queries;
  private final Tensor keys;
  private final Tensor values;
  private final long[] pairs;
  private final Optional<RelativePositions> positions;

  private Attentions(
      Lowering lowering, Node node, int heads, Optional<RelativePositions> positions) {
    this.lowering = lowering;
    this.node = node;
    this.heads = heads;
    this.positions = positions;
    this.queries = byHead(lowering.activation(node, 0));
    this.keys = byHead(lowering.activation(node, 1));
    this.values = byHead(lowering.activation(node, 2));
    long[] query = queries.desc().dimensions();
    this.scale = (float) (1 / Math.sqrt(query[2]));
    this.pairs = new long[] {query[0], heads, query[3], keys.desc().dimensions()[3]};
  }

  static Lowered lower(Lowering lowering, Node node, Attention op) {
    return new Attentions(lowering, node, op.heads(), Optional.empty()).forward();
  }

  static Lowered lower(Lowering lowering, Node node, RelativeAttention op) {
    RelativePositions positions = new RelativePositions(lowering, node, op.heads());
    return new Attentions(lowering, node, op.heads(), Optional.of(positions)).forward();
  }

  private Lowered forward() {
    int type = lowering.activationType();
    Tensor scores =
        product("scores", scale, transposed(queries), keys, plain(pairs, dnnl.dnnl_f32));
    positions.ifPresent(
        relative -> {
          Tensor rows = rows(scores);
          new Arithmetic(lowering, "relative positions " + node.name())
              .join(dnnl.dnnl_binary_add, rows, relative.addends(), rows);
        });
    Tensor weights = lowering.allocate(plain(pairs, type));
    Kernel softmax =
        Softmaxes.forward(lowering, "attention softmax " + node.name(), scores, weights, KEYS);
    Tensor output =
        product("forward", 1, values, transposed(weights), plain(result(values, queries), type));
    return new Lowered(
        Shapes.plain(lowering, output, lowering.batched(node)),
        gradient -> backward(softmax, weights, gradient));
  }

  private void backward(Kernel softmax, Tensor weights, Gradient gradient) {
    Desc weightsDesc = weights.desc();
    Tensor outputGradient = byHead(gradient.tensor());
    if (wants(2)) {
      contribute(2, product("values", 1, outputGradient, weights, values.desc()));
    }
    boolean trains = positions.isPresent() && lowering.trains(node);
    if (!wants(0) && !wants(1) && !trains) {
      return;
    }
    Tensor ofWeights = product("weights", 1, transposed(outputGradient), values, weightsDesc);
    Tensor ofScores =
        Softmaxes.backward(
            lowering,
            "attention softmax backward " + node.name(),
            softmax,
            weights,
            ofWeights,
            KEYS);
    if (trains) {
      positions.get().backward(rows(ofScores));
    }
    if (wants(0)) {
      contribute(0, product("queries", scale, keys, transposed(ofScores), queries.desc()));
    }
    if (wants(1)) {
      contribute(1, product("keys", scale, queries, ofScores, keys.desc()));
    }
  }

  private boolean wants(int input) {
    return lowering.wantsGradient(node.inputs().get(input));
  }

  private void contribute(int input, Tensor result) {
    int source = node.inputs().get(input);
    long[] dims = lowering.output(source).desc().dimensions();
    lowering.contribute(source, Shapes.plain(lowering, result, dims), true);
  }

  /** {@code (samples, heads, channels of a head, positions)} of a sequence, in C order. */
  private Tensor byHead(Tensor sequence) {
    long[] dims = sequence.desc().dimensions();
    long positions = Arrays.stream(dims).skip(2).reduce(1, (a, b) -> a * b);
    return Shapes.plain(
        lowering, sequence, new long[] {dims[0], heads, dims[1] / heads, positions});
  }

  /** Scores, or their gradients, as one row a sample. */
  private Tensor rows(Tensor scores) {
    long[] dims = scores.desc().dimensions();
    return Shapes.plain(lowering, scores, new long[] {dims[0], dims[1] * dims[2] * dims[3]});
  }

  private static long[] result(Tensor rows, Tensor columns) {
    long[] dims = rows.desc().dimensions();
    return new long[] {dims[0], dims[1], dims[2], columns.desc().dimensions()[3]};
  }

  private Desc plain(long[] dims, int type) {
    return Desc.plain(lowering.natives(), dims, type);
  }

  /** The same memory read as the transposed matrices. */
  private Tensor transposed(Tensor matrices) {
    long[] dims = matrices.desc().dimensions();
    long[] swapped = {dims[0], dims[1], dims[3], dims[2]};
    long[] strides = {dims[1] * dims[2] * dims[3], dims[2] * dims[3], 1, dims[3]};
    Desc desc = Desc.strided(lowering.natives(), swapped, matrices.desc().type(), strides);
    return new Tensor(matrices.buffer(), desc);
  }

  /** A scaled product for each sample and head, into new memory. */
  private Tensor product(String word, float factor, Tensor left, Tensor right, Desc desc) {
    Tensor to = lowering.allocate(desc);
    try (Attributes attributes =
        factor == 1
            ? Attributes.standard()
            : Attributes.followedBy(dnnl.dnnl_eltwise_linear, factor, 0)) {
      String name = "attention " + word + " " + node.name();
      return MatrixProducts.multiply(lowering, name, attributes, left, right, to);
    }
  }
}
