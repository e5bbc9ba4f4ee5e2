package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * The maximum or mean of each window.
 *
 * @param countPadding whether a mean's divisor counts the padding (torch's {@code
 *     count_include_pad})
 * @param ceil whether the result's size rounds up (torch's {@code ceil_mode})
 */
public record Pool(Kind kind, Window window, boolean countPadding, boolean ceil) implements Op {

  public enum Kind {
    MAX,
    AVERAGE
  }

  public Pool {
    for (int i = 0; i < window.rank(); i++) {
      int kernel = window.kernel().get(i);
      int pad = Math.max(window.padBefore().get(i), window.padAfter().get(i));
      if (2 * pad > kernel) {
        throw new GraphException(
            String.format(
                Locale.ROOT, "pool: padding %d is more than half the kernel %d", pad, kernel));
      }
      if (window.dilation().get(i) != 1) {
        throw new GraphException("pool: dilation must be 1, got " + window.dilation());
      }
    }
  }

  public static Pool max(int kernel, int stride, int padding) {
    return new Pool(
        Kind.MAX, Window.of(List.of(kernel)).stride(stride).padding(padding), false, false);
  }

  public static Pool average(int kernel, int stride, int padding) {
    return new Pool(
        Kind.AVERAGE, Window.of(List.of(kernel)).stride(stride).padding(padding), true, false);
  }

  /** Pads as TensorFlow's "same" does over an input of this shape, see {@link Window#same}. */
  public Pool same(Shape input) {
    return new Pool(kind, window.same(input.spatial()), countPadding, ceil);
  }

  public Pool withCeil() {
    return new Pool(kind, window, countPadding, true);
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    return Shape.of(input.channels(), window.slide(input.spatial(), ceil));
  }

  @Override
  public String word() {
    return kind == Kind.MAX ? "maxpool" : "avgpool";
  }
}
