package org.convoy.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The receptive field of each node's result, through the windows of a network. Two things that see
 * all of the input are not counted: the statistics of norms, and gates of squeeze and excitation,
 * whose operand has one position.
 */
public final class ReceptiveFields {
  /** An op's field from those of what it reads. */
  @FunctionalInterface
  private interface Rule {
    ReceptiveField of(Site site);
  }

  private record Site(List<ReceptiveField> fields, List<Shape> inputs, Shape result) {
    ReceptiveField first() {
      return fields.get(0);
    }

    Shape input() {
      return inputs.get(0);
    }

    /** All operands with positions, joined. */
    ReceptiveField joined() {
      return IntStream.range(0, fields.size())
          .filter(i -> inputs.get(i).positions() > 1 || result.positions() == 1)
          .mapToObj(fields::get)
          .reduce(ReceptiveField::and)
          .orElseThrow();
    }
  }

  private static final Rule SAME = Site::first;
  private static final Rule JOINED = Site::joined;
  private static final Rule WHOLE = site -> ReceptiveField.WHOLE;

  private static final OpTable<Rule> RULES =
      OpTable.<Rule>of("receptive fields")
          .on(Input.class, op -> WHOLE) // never asked: the input begins the list
          .on(Convolution.class, op -> site -> site.first().through(op.window()))
          .on(Pool.class, op -> site -> site.first().through(op.window()))
          .on(TransposedConvolution.class, op -> site -> transposed(op, site.first()))
          .on(AdaptiveAveragePool.class, op -> ReceptiveFields::bins)
          .on(Resize.class, op -> site -> resized(op, site))
          .on(GlobalAveragePool.class, op -> ReceptiveFields::gathered)
          .on(Flatten.class, op -> ReceptiveFields::gathered)
          .on(Reshape.class, op -> ReceptiveFields::reshaped)
          .on(Attention.class, op -> WHOLE)
          .on(RelativeAttention.class, op -> WHOLE)
          .on(MatrixProduct.class, op -> WHOLE)
          .on(Add.class, op -> JOINED)
          .on(Multiply.class, op -> JOINED)
          .on(Concat.class, op -> JOINED)
          .on(Linear.class, op -> SAME)
          .on(BatchNorm.class, op -> SAME)
          .on(LayerNorm.class, op -> SAME)
          .on(GroupNorm.class, op -> SAME)
          .on(LocalResponseNorm.class, op -> SAME)
          .on(GlobalResponseNorm.class, op -> SAME)
          .on(Activate.class, op -> SAME)
          .on(PRelu.class, op -> SAME)
          .on(Softmax.class, op -> SAME)
          .on(ChannelScale.class, op -> SAME)
          .on(ChannelShuffle.class, op -> SAME)
          .on(PadChannels.class, op -> SAME)
          .on(Pad.class, op -> SAME)
          .on(Slice.class, op -> SAME)
          .on(Dropout.class, op -> SAME)
          .on(Embedding.class, op -> SAME)
          .build();

  private ReceptiveFields() {}

  /** The fields, in the order of the nodes. */
  public static List<ReceptiveField> of(Graph graph) {
    List<ReceptiveField> fields = new ArrayList<>();
    fields.add(ReceptiveField.ofInput(graph.inputShape()));
    for (Node node : graph.nodes().subList(1, graph.nodes().size())) {
      List<ReceptiveField> read = node.inputs().stream().map(fields::get).toList();
      fields.add(RULES.get(node.op()).of(new Site(read, graph.inputShapes(node), node.shape())));
    }
    return fields;
  }

  /** One result reads all positions. */
  private static ReceptiveField gathered(Site site) {
    return site.input().positions() == 1 ? site.first() : ReceptiveField.WHOLE;
  }

  /** The positions stay what they are, or are not followed. */
  private static ReceptiveField reshaped(Site site) {
    if (site.result().spatial().equals(site.input().spatial())) {
      return site.first();
    }
    boolean inOneRow = site.result().positions() == site.input().positions();
    return inOneRow ? site.first().unordered() : ReceptiveField.WHOLE;
  }

  private static ReceptiveField bins(Site site) {
    List<Double> further = new ArrayList<>();
    List<Double> every = new ArrayList<>();
    for (int i = 0; i < site.input().spatialRank(); i++) {
      int in = site.input().spatial().get(i);
      int out = site.result().spatial().get(i);
      if (out == 1 && in > 1) {
        return ReceptiveField.WHOLE;
      }
      // A bin that begins within a position reads that one too.
      further.add(Math.ceil((double) in / out) - (in % out == 0 ? 1.0 : 0.0));
      every.add((double) in / out);
    }
    return site.first().wider(further, every);
  }

  private static ReceptiveField resized(Resize op, Site site) {
    boolean between =
        op.method() == Resize.Method.LINEAR || op.method() == Resize.Method.LINEAR_ALIGNED;
    List<Double> further = new ArrayList<>();
    List<Double> every = new ArrayList<>();
    for (int i = 0; i < site.input().spatialRank(); i++) {
      int in = site.input().spatial().get(i);
      int out = site.result().spatial().get(i);
      further.add(between && in != out ? 1.0 : 0.0);
      every.add((double) in / out);
    }
    return site.first().wider(further, every);
  }

  private static ReceptiveField transposed(TransposedConvolution op, ReceptiveField field) {
    if (field.stride().isEmpty()) {
      return ReceptiveField.WHOLE;
    }
    Window window = op.window().forRank(field.size().size());
    List<Double> further = new ArrayList<>();
    List<Double> every = new ArrayList<>();
    for (int i = 0; i < field.size().size(); i++) {
      double reach = window.dilation().get(i) * (window.kernel().get(i) - 1.0) + 1;
      further.add(Math.ceil(reach / window.stride().get(i)) - 1);
      every.add(1.0 / window.stride().get(i));
    }
    return field.wider(further, every);
  }
}
