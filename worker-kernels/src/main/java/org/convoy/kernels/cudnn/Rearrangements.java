package org.convoy.kernels.cudnn;

import java.util.List;
import org.convoy.graph.ChannelShuffle;
import org.convoy.graph.Node;
import org.convoy.graph.Pad;
import org.convoy.graph.PadChannels;
import org.convoy.graph.Slice;

/** What only moves numbers: boxes of one tensor that are copied into another. */
final class Rearrangements {
  private Rearrangements() {}

  /** A box of three spatial dimensions and the channels in a larger tensor. */
  private record Inner(Desc outer, long[] from, Desc box) {
    /** The box alone, dense, out of the larger tensor. */
    Tensor cut(Lowering lowering, Tensor whole) {
      Tensor result = lowering.allocate(box);
      copy(lowering, whole, offset(), strides(), result, 0, dimensions().dense());
      return result;
    }

    /** Into the larger tensor, whose other numbers stay. */
    void set(Lowering lowering, Tensor part, Tensor whole) {
      copy(lowering, part, 0, dimensions().dense(), whole, offset(), strides());
    }

    private void copy(
        Lowering lowering,
        Tensor source,
        long at,
        long[] strides,
        Tensor target,
        long to,
        long[] toStrides) {
      dimensions().copy(lowering, source, at, strides, target, to, toStrides);
    }

    private Box dimensions() {
      return Box.of(box.samples(), box.three(0), box.three(1), box.three(2), box.channels());
    }

    private long[] strides() {
      return Box.of(
              outer.samples(), outer.three(0), outer.three(1), outer.three(2), outer.channels())
          .dense();
    }

    private long offset() {
      long[] strides = strides();
      long offset = 0;
      for (int i = 0; i < from.length; i++) {
        offset += from[i] * strides[strides.length - from.length + i];
      }
      return offset;
    }
  }

  /** Where a box begins: in three spatial dimensions and the channels. */
  private static long[] begin(List<Integer> spatial, long channel) {
    long[] from = new long[4];
    for (int i = 0; i < spatial.size(); i++) {
      from[3 - spatial.size() + i] = spatial.get(i);
    }
    from[3] = channel;
    return from;
  }

  static Lowered slice(Lowering lowering, Node node, Slice op) {
    Tensor source = lowering.input(node, 0);
    long[] from = new long[4];
    if (op.dimension() == 0) {
      from[3] = op.from();
    } else {
      from[3 - source.desc().spatial().size() + op.dimension() - 1] = op.from();
    }
    Inner inner = new Inner(source.desc(), from, lowering.desc(node));
    return new Lowered(
        inner.cut(lowering, source),
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            lowering.contribute(input, intoZeros(lowering, inner, gradient.tensor()), true);
          }
        });
  }

  static Lowered pad(Lowering lowering, Node node, Pad op) {
    return into(lowering, node, begin(op.before(), 0));
  }

  static Lowered padChannels(Lowering lowering, Node node, PadChannels op) {
    return into(lowering, node, begin(List.of(), op.before()));
  }

  private static Lowered into(Lowering lowering, Node node, long[] from) {
    Tensor source = lowering.input(node, 0);
    Inner inner = new Inner(lowering.desc(node), from, source.desc());
    return new Lowered(
        intoZeros(lowering, inner, source),
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            lowering.contribute(input, inner.cut(lowering, gradient.tensor()), true);
          }
        });
  }

  private static Tensor intoZeros(Lowering lowering, Inner inner, Tensor part) {
    Tensor whole = lowering.allocate(inner.outer());
    lowering
        .untyped("zero")
        .at(whole)
        .sizes(whole.desc().type().ordinal())
        .launch(whole.desc().elements());
    inner.set(lowering, part, whole);
    return whole;
  }

  static Lowered concat(Lowering lowering, Node node) {
    Tensor output = lowering.allocate(lowering.desc(node));
    long channel = 0;
    for (int i = 0; i < node.inputs().size(); i++) {
      Tensor part = lowering.input(node, i);
      new Inner(output.desc(), begin(List.of(), channel), part.desc()).set(lowering, part, output);
      channel += part.desc().channels();
    }
    return new Lowered(
        output,
        gradient -> {
          long from = 0;
          for (int i = 0; i < node.inputs().size(); i++) {
            Desc part = lowering.input(node, i).desc();
            int input = node.inputs().get(i);
            if (lowering.wantsGradient(input)) {
              Inner inner = new Inner(output.desc(), begin(List.of(), from), part);
              lowering.contribute(input, inner.cut(lowering, gradient.tensor()), true);
            }
            from += part.channels();
          }
        });
  }

  static Lowered shuffle(Lowering lowering, Node node, ChannelShuffle op) {
    Tensor source = lowering.input(node, 0);
    int groups = op.groups();
    int width = source.desc().channels() / groups;
    return new Lowered(
        transposeChannels(lowering, source, groups, width),
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor result = transposeChannels(lowering, gradient.tensor(), width, groups);
            lowering.contribute(input, result, true);
          }
        });
  }

  /** Each row's channels, a matrix of these rows and columns, transposed. */
  private static Tensor transposeChannels(Lowering lowering, Tensor source, int rows, int columns) {
    Desc desc = source.desc();
    Tensor result = lowering.allocate(desc);
    Box box = Box.of(desc.rows(), rows, columns);
    box.copy(lowering, source, box.dense(), result, new long[] {desc.channels(), 1, rows});
    return result;
  }

  /** The same numbers in C order {@code (channels, positions)} under another shape. */
  static Lowered reshape(Lowering lowering, Node node) {
    Tensor source = lowering.input(node, 0);
    Desc desc = lowering.desc(node);
    return new Lowered(
        reshaped(lowering, source, desc),
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            lowering.contribute(input, reshaped(lowering, gradient.tensor(), source.desc()), true);
          }
        });
  }

  private static Tensor reshaped(Lowering lowering, Tensor tensor, Desc wanted) {
    Desc given = tensor.desc();
    Tensor result = lowering.allocate(wanted);
    if (wanted.positions() == 1) {
      toPlain(lowering, tensor, result);
    } else if (given.positions() == 1) {
      fromPlain(lowering, tensor, result);
    } else {
      Tensor plain = lowering.allocate(given);
      toPlain(lowering, tensor, plain);
      fromPlain(lowering, plain, result);
    }
    return result;
  }

  /** Copies a tensor into one that lies as {@code (samples, channels, positions)}. */
  static void toPlain(Lowering lowering, Tensor from, Tensor to) {
    Desc desc = from.desc();
    Box box = Box.of(desc.samples(), desc.positions(), desc.channels());
    box.copy(lowering, from, box.dense(), to, plainStrides(desc));
  }

  /** Copies a tensor that lies as {@code (samples, channels, positions)} into one that does not. */
  static void fromPlain(Lowering lowering, Tensor from, Tensor to) {
    Desc desc = to.desc();
    Box box = Box.of(desc.samples(), desc.positions(), desc.channels());
    box.copy(lowering, from, plainStrides(desc), to, box.dense());
  }

  private static long[] plainStrides(Desc desc) {
    return new long[] {(long) desc.channels() * desc.positions(), 1, desc.positions()};
  }
}
