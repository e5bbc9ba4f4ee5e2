package org.convoy.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.convoy.graph.ChannelShuffle;
import org.convoy.graph.Convolution;
import org.convoy.graph.Pad;
import org.convoy.graph.Pool;
import org.convoy.graph.Reshape;
import org.convoy.graph.Resize;
import org.convoy.graph.Shape;
import org.convoy.graph.Slice;
import org.convoy.graph.TransposedConvolution;
import org.convoy.graph.Value;
import org.convoy.graph.Window;

/**
 * Ops that change where elements stand, on awkward sizes: transposed convolutions, parts, resizing,
 * products, and windows whose padding is not the same on both sides.
 */
final class GeometryCases {
  private GeometryCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    transposedConvolutions(cases);
    parts(cases);
    shuffles(cases);
    resizes(cases);
    products(cases);
    lopsidedConvolutions(cases);
    lopsidedPools(cases);
    return cases;
  }

  private static void transposedConvolutions(List<Case> cases) {
    cases.add(transposed(1, Shape.of(1, 1, 1), conv(1, 1)));
    cases.add(transposed(3, Shape.of(3, 4, 5), conv(13, 3)));
    cases.add(transposed(1, Shape.of(13, 5, 4), conv(3, 3).padding(1).withBias()));
    cases.add(transposed(3, Shape.of(16, 3, 3), conv(17, 2).stride(2)));
    cases.add(transposed(1, Shape.of(17, 4, 3), conv(16, 4).stride(2).padding(1).withBias()));
    cases.add(transposed(3, Shape.of(32, 3, 4), conv(33, 3).stride(2).padding(1).outputPadding(1)));
    cases.add(transposed(1, Shape.of(33, 3, 3), conv(32, 3).dilation(2).withBias()));
    cases.add(transposed(1, Shape.of(3, 3, 4), conv(5, 3).stride(3).dilation(2).outputPadding(2)));
    cases.add(transposed(3, Shape.of(4, 5, 5), conv(6, 3).groups(2).padding(1).withBias()));
    cases.add(transposed(1, Shape.of(33, 4, 4), conv(33, 3).groups(3).stride(2)));
    cases.add(transposed(3, Shape.of(13, 4, 3), conv(13, 4).groups(13).stride(2).padding(1)));
    cases.add(transposed(1, Shape.of(32, 3, 3), conv(32, 3).groups(32).withBias()));
    Window lopsided =
        new Window(List.of(3, 2), List.of(2, 3), List.of(1, 0), List.of(0, 1), List.of(1, 2));
    cases.add(transposed(3, Shape.of(3, 4, 3), conv(13, 1).with(lopsided)));
    cases.add(transposed(3, Shape.of(13, 7), conv(3, 4).stride(2).padding(1).withBias()));
    cases.add(transposed(1, Shape.of(6, 5), conv(4, 3).groups(2).dilation(2).padding(2)));
    cases.add(transposed(1, Shape.of(3, 2, 3, 2), conv(5, 3).stride(2).outputPadding(1)));
    cases.add(transposed(3, Shape.of(6, 2, 2, 3), conv(9, 2).groups(3).stride(2).withBias()));
    cases.add(transposed(1, Shape.of(17, 2, 3, 2), conv(16, 3).padding(1).dilation(1)));
    Value x = Value.input(Shape.of(3, 6, 6)).conv("down", 32, 3, 2);
    x = x.transposedConv("up", conv(16, 2).stride(2)).conv("out", 3, 3);
    cases.add(Cases.of(3, x, "transposed convolution between convolutions"));
  }

  private static TransposedConvolution conv(int out, int kernel) {
    return TransposedConvolution.of(out, kernel);
  }

  private static Case transposed(int batch, Shape in, TransposedConvolution op) {
    return Cases.of(batch, in, op.forRank(in.spatialRank()));
  }

  private static void parts(List<Case> cases) {
    cases.add(Cases.first(3, Shape.of(3, 4, 5), new Slice(0, 1, 2)));
    cases.add(Cases.last(3, Shape.of(33, 3, 4), new Slice(0, 16, 33)));
    cases.add(Cases.last(1, Shape.of(32, 5, 3), new Slice(0, 16, 32)));
    cases.add(Cases.last(3, Shape.of(64, 3, 3), new Slice(0, 16, 48)));
    cases.add(Cases.last(3, Shape.of(16, 3, 3), new Slice(0, 0, 8)));
    cases.add(Cases.last(3, Shape.of(17), new Slice(0, 3, 13)));
    cases.add(Cases.first(3, Shape.of(13, 5, 4), new Slice(1, 1, 4)));
    cases.add(Cases.last(1, Shape.of(17, 5, 4), new Slice(2, 0, 3)));
    cases.add(Cases.last(3, Shape.of(16, 5, 4), new Slice(2, 2, 3)));
    cases.add(Cases.last(3, Shape.of(1, 5, 4), new Slice(1, 3, 5)));
    cases.add(Cases.last(3, Shape.of(13, 9), new Slice(1, 2, 9)));
    cases.add(Cases.last(1, Shape.of(3, 2, 3, 4), new Slice(3, 1, 3)));
    cases.add(Cases.last(3, Shape.of(3, 2, 3, 4), new Slice(1, 0, 2)));
    Value x = Value.input(Shape.of(3, 5, 4)).conv("conv", 32, 3);
    cases.add(Cases.of(3, x.channels(0, 16).add(x.channels(16, 32)), "halves added"));
    x = Value.input(Shape.of(3, 5, 4)).conv("conv", 26, 3);
    cases.add(Cases.of(1, x.channels(13, 26).add(x.channels(0, 13)), "odd halves added"));
    cases.add(Cases.first(3, Shape.of(3, 4, 5), new Pad(List.of(1, 0), List.of(2, 1))));
    cases.add(Cases.last(1, Shape.of(13, 3, 3), new Pad(List.of(0, 2), List.of(0, 1))));
    cases.add(Cases.last(3, Shape.of(16, 3, 3), new Pad(List.of(1, 1), List.of(1, 1))));
    cases.add(Cases.last(3, Shape.of(33, 1, 2), new Pad(List.of(0, 0), List.of(1, 1))));
    cases.add(Cases.last(1, Shape.of(17, 2, 2), new Pad(List.of(0, 0), List.of(0, 0))));
    cases.add(Cases.last(3, Shape.of(13, 5), new Pad(List.of(3), List.of(0))));
    cases.add(Cases.first(1, Shape.of(3, 2, 3, 2), new Pad(List.of(1, 0, 2), List.of(0, 1, 1))));
    cases.add(Cases.last(3, Shape.of(32, 2, 3, 2), new Pad(List.of(1, 0, 2), List.of(0, 1, 1))));
    cases.add(Cases.last(3, Shape.of(12, 5, 3), new Reshape(Shape.of(4, 45))));
    cases.add(Cases.first(1, Shape.of(13, 4, 5), new Reshape(Shape.of(13, 2, 5, 2))));
  }

  private static void shuffles(List<Case> cases) {
    cases.add(Cases.first(3, Shape.of(1, 3, 3), new ChannelShuffle(1)));
    cases.add(Cases.first(3, Shape.of(6, 4, 5), new ChannelShuffle(2)));
    cases.add(Cases.last(1, Shape.of(6, 4, 5), new ChannelShuffle(3)));
    cases.add(Cases.last(3, Shape.of(32, 3, 3), new ChannelShuffle(8)));
    cases.add(Cases.last(3, Shape.of(33, 3, 3), new ChannelShuffle(3)));
    cases.add(Cases.last(1, Shape.of(13, 2, 2), new ChannelShuffle(13)));
    cases.add(Cases.last(3, Shape.of(18), new ChannelShuffle(2)));
    cases.add(Cases.last(3, Shape.of(16, 7), new ChannelShuffle(2)));
    cases.add(Cases.last(1, Shape.of(12, 2, 3, 2), new ChannelShuffle(4)));
  }

  private static void resizes(List<Case> cases) {
    for (Resize.Method method : Resize.Method.values()) {
      cases.add(Cases.first(3, Shape.of(3, 4, 5), new Resize(method, List.of(8, 10))));
      cases.add(Cases.last(1, Shape.of(13, 5, 4), new Resize(method, List.of(7, 3))));
      cases.add(Cases.last(3, Shape.of(16, 6, 6), new Resize(method, List.of(3, 2))));
      cases.add(Cases.last(3, Shape.of(17, 3, 1), new Resize(method, List.of(3, 5))));
      cases.add(Cases.last(1, Shape.of(33, 4, 3), new Resize(method, List.of(1, 9))));
      cases.add(Cases.last(3, Shape.of(13, 7), new Resize(method, List.of(11))));
      cases.add(Cases.last(1, Shape.of(1, 4), new Resize(method, List.of(12))));
      cases.add(Cases.first(3, Shape.of(3, 2, 3, 4), new Resize(method, List.of(4, 2, 5))));
      cases.add(Cases.last(1, Shape.of(32, 3, 2, 2), new Resize(method, List.of(6, 4, 4))));
    }
  }

  private static void products(List<Case> cases) {
    for (boolean left : new boolean[] {false, true}) {
      for (boolean right : new boolean[] {false, true}) {
        cases.add(product(3, 13, 5, 17, left, right));
        cases.add(product(1, 1, 3, 1, left, right));
        cases.add(product(3, 16, 33, 32, left, right));
      }
    }
    Value x = Value.input(Shape.of(3, 4, 5)).conv("conv", 16, 3);
    cases.add(Cases.of(3, x.product(false, x, true), "covariance of channels"));
    cases.add(Cases.of(1, x.product(true, x, false).softmax(), "similarity of positions"));
    Value keys = x.conv("keys", 8, 1);
    Value queries = x.conv("queries", 8, 1);
    Value attention = keys.product(true, queries, false).softmax();
    Value seen = x.conv("values", 16, 1).product(false, attention, false);
    cases.add(Cases.of(3, seen.reshape(x.shape()).add(x), "attention over positions"));
  }

  /** The product of a matrix of {@code rows x inner} and one of {@code inner x columns}. */
  private static Case product(
      int batch, int rows, int inner, int columns, boolean left, boolean right) {
    Value x = Value.input(Shape.of(3, 7));
    Value first = x.flatten().linear("first", rows * inner);
    Value second = x.flatten().linear("second", inner * columns);
    Value a = first.reshape(left ? Shape.of(inner, rows) : Shape.of(rows, inner));
    Value b = second.reshape(right ? Shape.of(columns, inner) : Shape.of(inner, columns));
    String name =
        String.format(
            Locale.ROOT,
            "product of %dx%d%s and %dx%d%s",
            rows,
            inner,
            left ? " transposed" : "",
            inner,
            columns,
            right ? " transposed" : "");
    return Cases.of(batch, a.product(left, b, right), name);
  }

  private static void lopsidedConvolutions(List<Case> cases) {
    cases.add(same(3, Shape.of(3, 8, 7), Convolution.of(13, 3).stride(2)));
    cases.add(same(1, Shape.of(13, 6, 9), Convolution.of(17, 2).withBias()));
    cases.add(same(3, Shape.of(16, 7, 8), Convolution.of(32, 5).stride(3)));
    cases.add(same(1, Shape.of(33, 8, 8), Convolution.of(33, 3).stride(2).groups(33)));
    cases.add(same(3, Shape.of(6, 8, 8), Convolution.of(9, 4).dilation(2).groups(3).withBias()));
    cases.add(same(3, Shape.of(3, 10), Convolution.of(17, 3).stride(2).withBias()));
    cases.add(same(1, Shape.of(16, 9), Convolution.of(16, 4).dilation(2).groups(4).withBias()));
    cases.add(same(3, Shape.of(3, 4, 6, 5), Convolution.of(5, 3).stride(2)));
    cases.add(same(1, Shape.of(6, 4, 5, 6), Convolution.of(4, 2).dilation(3).groups(2).withBias()));
    cases.add(same(1, Shape.of(16, 4, 4, 4), Convolution.of(16, 3).stride(2).groups(16)));
  }

  private static Case same(int batch, Shape in, Convolution op) {
    return Cases.of(batch, in, op.same(in));
  }

  private static void lopsidedPools(List<Case> cases) {
    for (Pool.Kind kind : Pool.Kind.values()) {
      for (boolean count : new boolean[] {false, true}) {
        if (kind == Pool.Kind.MAX && count) {
          continue;
        }
        for (boolean ceil : new boolean[] {false, true}) {
          cases.add(pool(3, Shape.of(3, 8, 6), kind, 3, 2, count, ceil));
          cases.add(pool(1, Shape.of(33, 7, 9), kind, 2, 2, count, ceil));
          cases.add(pool(3, Shape.of(16, 5, 5), kind, 2, 1, count, ceil));
          cases.add(pool(3, Shape.of(13, 11), kind, 4, 3, count, ceil));
          cases.add(pool(1, Shape.of(17, 4, 6, 5), kind, 3, 2, count, ceil));
        }
      }
    }
  }

  private static Case pool(
      int batch, Shape in, Pool.Kind kind, int kernel, int stride, boolean count, boolean ceil) {
    Window window = Window.square(kernel).stride(stride).padding(0);
    return Cases.last(batch, in, new Pool(kind, window, count, ceil).same(in));
  }
}
