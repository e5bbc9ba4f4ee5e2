package org.convoy.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;

/** {@link Cases} of concatenation: channels that fill whole blocks of 16 and that do not. */
final class ConcatCases {
  private ConcatCases() {}

  /** Results of convolutions one behind the other, and a network that reads some of them twice. */
  static List<Case> all() {
    return List.of(
        concat(3, Shape.of(3, 5, 4), 13),
        concat(3, Shape.of(3, 5, 4), 16, 32),
        concat(1, Shape.of(16, 5, 5), 16, 16, 48),
        concat(3, Shape.of(13, 3, 5), 17, 1, 33),
        concat(3, Shape.of(13, 4, 4), 16, 3, 32),
        concat(1, Shape.of(3, 7, 7), 8, 24),
        concat(3, Shape.of(3, 9), 13, 3),
        concat(3, Shape.of(3, 9), 16, 32),
        concat(1, Shape.of(3, 2, 3, 4), 17, 3),
        concat(3, Shape.of(3, 3, 2, 4), 32, 16),
        concat(3, Shape.of(13), 17, 3),
        concat(1, Shape.of(16), 16, 32),
        dense(16, 16),
        dense(5, 3));
  }

  /** The input and convolutions of it to so many channels each, channels mixed behind. */
  private static Case concat(int batch, Shape in, int... widths) {
    Value x = Value.input(in);
    List<Value> parts = new ArrayList<>(List.of(x));
    for (int i = 0; i < widths.length; i++) {
      String name = "part" + i;
      parts.add(in.spatialRank() == 0 ? x.linear(name, widths[i]) : x.conv(name, widths[i], 3));
    }
    Value y = Value.concat(parts.get(1), parts.subList(2, parts.size()).toArray(Value[]::new));
    Value with = Value.concat(y.activate(Function.TANH), x, y);
    String name = String.format(Locale.ROOT, "%s concat of %s", in, Arrays.toString(widths));
    return Cases.of(batch, Cases.mix(with, "after"), name);
  }

  /** Each layer reads all before it (DenseNet). */
  private static Case dense(int width, int growth) {
    Value x = Value.input(Shape.of(3, 6, 5)).conv("conv0", width, 3);
    for (int i = 1; i <= 3; i++) {
      x = Value.concat(x, x.norm("norm" + i).relu().conv("conv" + i, growth, 3));
    }
    return Cases.of(
        3,
        x.averagePool(2, 2, 0),
        String.format(Locale.ROOT, "dense block of %d and %d", width, growth));
  }
}
