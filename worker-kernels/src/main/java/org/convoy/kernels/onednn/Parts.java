package org.convoy.kernels.onednn;

import java.util.Arrays;
import java.util.Optional;
import org.convoy.graph.Node;
import org.convoy.graph.Pad;
import org.convoy.graph.Slice;

/**
 * A box of a larger tensor: cut out of it, or set into zeros. Layouts stay where the box begins and
 * ends at whole blocks of channels; otherwise both tensors are in C order.
 */
final class Parts {
  private final Lowering lowering;
  private final String word;
  private final long[] whole;
  private final long[] from;
  private final long[] size;

  /**
   * @param whole the larger tensor's dimensions
   * @param from where the box begins in it
   * @param size the box's dimensions
   */
  Parts(Lowering lowering, String word, long[] whole, long[] from, long[] size) {
    this.lowering = lowering;
    this.word = word;
    this.whole = whole;
    this.from = from;
    this.size = size;
  }

  static Lowered slice(Lowering lowering, Node node, Slice op) {
    Tensor source = lowering.source(node);
    long[] whole = source.desc().dimensions();
    long[] from = new long[whole.length];
    from[op.dimension() + 1] = op.from();
    Parts parts = new Parts(lowering, node.name(), whole, from, lowering.batched(node));
    return new Lowered(
        parts.cut(source),
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            lowering.contribute(input, parts.set(gradient.tensor()), true);
          }
        });
  }

  static Lowered pad(Lowering lowering, Node node, Pad op) {
    Tensor source = lowering.source(node);
    long[] size = source.desc().dimensions();
    long[] from = new long[size.length];
    for (int i = 2; i < size.length; i++) {
      from[i] = op.before().get(i - 2);
    }
    Parts parts = new Parts(lowering, node.name(), lowering.batched(node), from, size);
    return new Lowered(
        parts.set(source),
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            lowering.contribute(input, parts.cut(gradient.tensor()), true);
          }
        });
  }

  /** The box, a copy. */
  Tensor cut(Tensor tensor) {
    Tensor source =
        lowering.convert(
            tensor,
            layout(tensor.desc(), whole)
                .orElseGet(() -> Desc.plain(lowering.natives(), whole, tensor.desc().type())));
    Desc desc = source.desc().sameLayout(lowering.natives(), size).orElseThrow();
    Tensor result = lowering.allocate(desc);
    lowering.steps().reorder(word, part(source, from, size), result);
    return result;
  }

  /** The larger tensor with the box in it and zeros around. */
  Tensor set(Tensor box) {
    Desc desc =
        layout(box.desc(), whole)
            .orElseGet(() -> Desc.plain(lowering.natives(), whole, box.desc().type()));
    Desc inner = desc.sameLayout(lowering.natives(), size).orElseThrow();
    Tensor result = lowering.allocate(desc);
    for (int i = 0; i < whole.length; i++) {
      clear(result, i, 0, from[i]);
      clear(result, i, from[i] + size[i], whole[i] - from[i] - size[i]);
    }
    lowering.steps().reorder(word, lowering.convert(box, inner), part(result, from, size));
    return result;
  }

  /** The layout of one of the two tensors for other dimensions, if both can have it. */
  private Optional<Desc> layout(Desc desc, long[] dimensions) {
    boolean blocks =
        whole[1] == size[1]
            || (whole[1] % Shapes.BLOCK == 0
                && from[1] % Shapes.BLOCK == 0
                && size[1] % Shapes.BLOCK == 0);
    return blocks ? desc.sameLayout(lowering.natives(), dimensions) : Optional.empty();
  }

  /**
   * Fills a slab with zeros. They are read from a dense tensor: between two parts of equal layout
   * oneDNN 3.11 chooses a copy that passes over the gaps as if there were none.
   */
  private void clear(Tensor to, int dimension, long first, long count) {
    if (count == 0) {
      return;
    }
    long[] start = new long[whole.length];
    long[] slab = whole.clone();
    start[dimension] = first;
    slab[dimension] = count;
    Desc dense = to.desc().sameLayout(lowering.natives(), slab).orElseThrow();
    lowering.steps().reorder(word, lowering.zeros(dense), part(to, start, slab));
  }

  private Tensor part(Tensor tensor, long[] start, long[] box) {
    if (Arrays.equals(box, tensor.desc().dimensions())) {
      return tensor;
    }
    return new Tensor(tensor.buffer(), tensor.desc().part(lowering.natives(), start, box));
  }
}
