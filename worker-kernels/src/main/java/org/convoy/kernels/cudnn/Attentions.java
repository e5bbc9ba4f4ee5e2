package org.convoy.kernels.cudnn;

import java.util.Optional;
import org.convoy.graph.Attention;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.RelativeAttention;

/**
 * Attention as products of matrices, one for each sample and head, and a softmax between them.
 * Scores are {@code (queries, keys)} in float32; what is kept of them has the activations' type.
 * The softmax scales them.
 */
final class Attentions {
  private final Lowering lowering;
  private final Node node;
  private final int heads;
  private final Matrices queries;
  private final Matrices keys;
  private final Matrices values;
  private final long queried;
  private final long attended;
  private final long depth;
  private final long valued;
  private final double scale;
  private final Optional<Parameter> positions;

  private Attentions(Lowering lowering, Node node, int heads, Optional<Parameter> positions) {
    this.lowering = lowering;
    this.node = node;
    this.heads = heads;
    this.queries = Matrices.ofHeads(lowering.input(node, 0), heads);
    this.keys = Matrices.ofHeads(lowering.input(node, 1), heads);
    this.values = Matrices.ofHeads(lowering.input(node, 2), heads);
    this.queried = lowering.input(node, 0).desc().positions();
    this.attended = lowering.input(node, 1).desc().positions();
    this.depth = lowering.input(node, 0).desc().channels() / heads;
    this.valued = lowering.input(node, 2).desc().channels() / heads;
    this.scale = 1 / Math.sqrt((double) depth);
    this.positions = positions;
  }

  static Lowered lower(Lowering lowering, Node node, Attention op) {
    return new Attentions(lowering, node, op.heads(), Optional.empty()).forward();
  }

  /** With a learned number for each head and relative position. */
  static Lowered relative(Lowering lowering, Node node, RelativeAttention op) {
    Optional<Parameter> table = Optional.of(lowering.parameters(node).get(0));
    return new Attentions(lowering, node, op.heads(), table).forward();
  }

  private Lowered forward() {
    Matrices scores = pairs(NumberType.FLOAT32);
    queries.multiply(lowering, "scores", keys.transposed(), scores, queried, depth, attended);
    positions.ifPresent(table -> addPositions(table, scores.tensor()));
    Matrices weights = pairs(lowering.type());
    ResponseNorms.softmax(lowering, scores.tensor(), scale, weights.tensor());
    Tensor output = lowering.allocate(lowering.desc(node));
    weights.multiply(lowering, "forward", values, ofHeads(output), queried, attended, valued);
    return new Lowered(output, gradient -> backward(weights, ofHeads(gradient.tensor())));
  }

  /** Adds {@code b / scale} to the scores, which the softmax scales. */
  private void addPositions(Parameter table, Tensor scores) {
    lowering
        .untyped("relative_positions")
        .at(scores, lowering.parameter(table), scores)
        .sizes(imageSizes())
        .factors(1 / scale)
        .launch(scores.desc().elements());
  }

  /** The gradient of the learned numbers, of that of the scores times the scale. */
  private void positionsGradient(Parameter table, Tensor ofScores) {
    lowering
        .kernel("relative_gradient")
        .at(ofScores, lowering.gradient(table))
        .sizes(imageSizes())
        .factors(1 / scale)
        .launch(table.length());
  }

  private long[] imageSizes() {
    Desc image = queries.tensor().desc();
    return new long[] {image.three(1), image.three(2), heads, image.samples()};
  }

  private void backward(Matrices weights, Matrices dy) {
    if (wants(2)) {
      Matrices result = like(values);
      weights
          .transposed()
          .multiply(lowering, "values gradient", dy, result, attended, queried, valued);
      contribute(2, result);
    }
    Optional<Parameter> trained = positions.filter(lowering.flow()::trains);
    if (!wants(0) && !wants(1) && trained.isEmpty()) {
      return;
    }
    Matrices ofWeights = pairs(lowering.type());
    dy.multiply(
        lowering, "weights gradient", values.transposed(), ofWeights, queried, valued, attended);
    Matrices ofScores = pairs(lowering.type());
    ResponseNorms.softmaxBackward(
        lowering, weights.tensor(), ofWeights.tensor(), scale, ofScores.tensor());
    trained.ifPresent(table -> positionsGradient(table, ofScores.tensor()));
    if (wants(0)) {
      Matrices result = like(queries);
      ofScores.multiply(lowering, "queries gradient", keys, result, queried, attended, depth);
      contribute(0, result);
    }
    if (wants(1)) {
      Matrices result = like(keys);
      ofScores
          .transposed()
          .multiply(lowering, "keys gradient", queries, result, attended, queried, depth);
      contribute(1, result);
    }
  }

  private boolean wants(int input) {
    return lowering.wantsGradient(node.inputs().get(input));
  }

  private void contribute(int input, Matrices result) {
    lowering.contribute(node.inputs().get(input), result.tensor(), true);
  }

  private Matrices ofHeads(Tensor sequence) {
    return Matrices.ofHeads(sequence, heads);
  }

  /** New memory for a gradient. */
  private Matrices like(Matrices of) {
    return ofHeads(lowering.allocate(of.tensor().desc()));
  }

  /** New memory for a number for each query and key. */
  private Matrices pairs(NumberType type) {
    long rows = lowering.batch() * heads * queried;
    Desc desc = Desc.rows(type, rows, attended);
    return Matrices.dense(lowering.allocate(desc), heads, queried, attended);
  }
}
