package org.convoy.kernels.onednn;

import java.util.List;
import java.util.Optional;
import org.convoy.graph.ChannelShuffle;
import org.convoy.graph.Node;
import org.convoy.graph.PadChannels;

/** Ops that move values without computing. */
final class Shapes {
  /** Channels that stand together in oneDNN's blocked layouts, at most. */
  static final int BLOCK = 16;

  private Shapes() {}

  /** The tensor's values in C order under other dimensions of as many elements. */
  static Tensor plain(Lowering lowering, Tensor tensor, long[] dimensions) {
    Desc desc = tensor.desc();
    Tensor ordered =
        lowering.convert(tensor, Desc.plain(lowering.natives(), desc.dimensions(), desc.type()));
    return new Tensor(ordered.buffer(), Desc.plain(lowering.natives(), dimensions, desc.type()));
  }

  /** The identity. */
  static Lowered unchanged(Lowering lowering, Node node) {
    int input = node.inputs().get(0);
    return new Lowered(
        lowering.source(node),
        gradient -> {
          if (lowering.wantsGradient(input)) {
            lowering.contribute(input, gradient.tensor(), gradient.exclusive());
          }
        });
  }

  /** The same values under the node's shape, whichever it is. */
  static Lowered flatten(Lowering lowering, Node node) {
    Tensor source = lowering.source(node);
    Tensor output = plain(lowering, source, lowering.batched(node));
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor shaped = plain(lowering, gradient.tensor(), source.desc().dimensions());
            lowering.contribute(input, shaped, false);
          }
        });
  }

  /**
   * Copies the input into the middle of zeros, in its layout where it and the zeros are whole
   * blocks, else with channels last; backward reads the middle of the gradient.
   */
  static Lowered padChannels(Lowering lowering, Node node, PadChannels op) {
    Natives natives = lowering.natives();
    Tensor result = lowering.source(node);
    long[] dims = result.desc().dimensions();
    long[] out = lowering.batched(node);
    Optional<Desc> kept =
        op.before() % BLOCK == 0 && dims[1] % BLOCK == 0 && op.after() % BLOCK == 0
            ? result.desc().sameLayout(natives, out)
            : Optional.empty();
    Desc desc = kept.orElseGet(() -> channelsLast(natives, out, result.desc().type()));
    Tensor source =
        kept.isPresent()
            ? result
            : lowering.convertOnce(result, channelsLast(natives, dims, desc.type()));
    Tensor output = lowering.allocate(desc);
    clear(lowering, node.name(), output, 0, op.before());
    clear(lowering, node.name(), output, op.before() + dims[1], op.after());
    lowering.steps().reorder(node.name(), source, channels(lowering, output, op.before(), dims[1]));
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor outputGradient = lowering.convert(gradient.tensor(), desc);
            Tensor back = lowering.allocate(source.desc());
            Tensor middle = channels(lowering, outputGradient, op.before(), dims[1]);
            lowering.steps().reorder(node.name() + " backward", middle, back);
            lowering.contribute(input, back, true);
          }
        });
  }

  /**
   * Interleaves groups of channels, channels last or in C order. Forward and backward are copies
   * between two orders of one tensor {@code (samples, groups, channels of a group, positions)}.
   */
  static Lowered shuffle(Lowering lowering, Node node, ChannelShuffle op) {
    Natives natives = lowering.natives();
    Tensor result = lowering.activation(node);
    long[] dims = result.desc().dimensions();
    int type = result.desc().type();
    boolean last = result.desc().sameAs(Desc.channelsLast(natives, dims, type));
    Desc desc = last ? result.desc() : Desc.plain(natives, dims, type);
    Tensor source = lowering.convertOnce(result, desc);
    long channels = dims[1];
    long size = channels / op.groups();
    long positions = node.shape().positions();
    // Distances between channels and between positions.
    long step = last ? 1 : positions;
    long next = last ? channels : 1;
    long[] split = {dims[0], op.groups(), size, positions};
    Desc before =
        Desc.strided(
            natives, split, type, new long[] {channels * positions, size * step, step, next});
    Desc after =
        Desc.strided(
            natives,
            split,
            type,
            new long[] {channels * positions, step, op.groups() * step, next});
    Tensor output = lowering.allocate(desc);
    lowering
        .steps()
        .reorder(
            node.name(), new Tensor(source.buffer(), before), new Tensor(output.buffer(), after));
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor outputGradient = lowering.convert(gradient.tensor(), desc);
            Tensor back = lowering.allocate(desc);
            lowering
                .steps()
                .reorder(
                    node.name() + " backward",
                    new Tensor(outputGradient.buffer(), after),
                    new Tensor(back.buffer(), before));
            lowering.contribute(input, back, true);
          }
        });
  }

  /**
   * Copies each input into its range of channels, in the first input's layout where ranges begin
   * and end with whole blocks, else with channels last; backward copies the gradient's ranges out.
   */
  static Lowered concat(Lowering lowering, Node node) {
    Natives natives = lowering.natives();
    int type = lowering.activationType();
    long[] out = lowering.batched(node);
    List<Tensor> sources = node.inputs().stream().map(lowering::output).toList();
    Desc first = sources.get(0).desc();
    boolean whole = sources.stream().allMatch(source -> channels(source) % BLOCK == 0);
    Optional<Desc> kept =
        whole && first.type() == type ? first.sameLayout(natives, out) : Optional.empty();
    Desc desc = kept.orElseGet(() -> channelsLast(natives, out, type));
    Tensor output = lowering.allocate(desc);
    long from = 0;
    for (Tensor source : sources) {
      lowering
          .steps()
          .reorder(node.name(), source, channels(lowering, output, from, channels(source)));
      from += channels(source);
    }
    return new Lowered(
        output,
        gradient -> concatBackward(lowering, node, lowering.convert(gradient.tensor(), desc)));
  }

  private static void concatBackward(Lowering lowering, Node node, Tensor outputGradient) {
    long from = 0;
    for (int input : node.inputs()) {
      Tensor source = lowering.output(input);
      if (lowering.wantsGradient(input)) {
        Tensor back = lowering.allocate(source.desc());
        Tensor range = channels(lowering, outputGradient, from, channels(source));
        lowering.steps().reorder(node.name() + " backward", range, back);
        lowering.contribute(input, back, true);
      }
      from += channels(source);
    }
  }

  /**
   * Any range of channels is a part of this layout. In C order, which would do too, oneDNN's norms
   * and copies are ten to a hundred times as slow.
   */
  private static Desc channelsLast(Natives natives, long[] dimensions, int type) {
    return Desc.laid(natives, dimensions, type, Layout.CHANNELS_LAST);
  }

  private static long channels(Tensor tensor) {
    return tensor.desc().dimensions()[1];
  }

  /**
   * Fills a range of channels with zeros. They are read from a dense tensor: between two parts of
   * equal layout oneDNN 3.11 chooses a copy that passes over the gaps as if there were none.
   */
  private static void clear(Lowering lowering, String word, Tensor to, long first, long count) {
    if (count == 0) {
      return;
    }
    long[] dims = to.desc().dimensions();
    dims[1] = count;
    Desc dense = to.desc().sameLayout(lowering.natives(), dims).orElseThrow();
    lowering.steps().reorder(word, lowering.zeros(dense), channels(lowering, to, first, count));
  }

  /** A range of channels, in place. */
  private static Tensor channels(Lowering lowering, Tensor tensor, long first, long count) {
    long[] size = tensor.desc().dimensions();
    long[] from = new long[size.length];
    from[1] = first;
    size[1] = count;
    return new Tensor(tensor.buffer(), tensor.desc().part(lowering.natives(), from, size));
  }
}
