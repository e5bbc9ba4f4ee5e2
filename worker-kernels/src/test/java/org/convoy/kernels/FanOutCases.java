package org.convoy.kernels;

import java.util.List;
import java.util.function.UnaryOperator;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;

/**
 * {@link Cases} of results that several ops read, so that none may write over them, and that parts
 * of a gradient meet: a pointwise convolution may add its part to the others in place, unless
 * somebody is still to read those.
 */
final class FanOutCases {
  private static final Shape IMAGE = Shape.of(16, 5, 6);

  private FanOutCases() {}

  static List<Case> all() {
    return List.of(
        of("pointwise convolutions side by side", FanOutCases::sideBySide),
        of("bottleneck with a free shortcut", FanOutCases::bottleneck),
        of("odd widths", x -> pointwise(x.conv("stem", 19, 3), "a", 19)),
        of("as many channels out as in", x -> pointwise(x.conv("stem", 16, 3), "a", 16)),
        of("a wide window among pointwise ones", FanOutCases::wideAmongPointwise),
        of("part that the reader itself is given", FanOutCases::ownGradient),
        of("part that another reader is still to be given", FanOutCases::pendingGradient),
        of("strided", FanOutCases::strided),
        of("activated and read as it was", x -> activatedAndRead(x, Function.RELU6)),
        of("squashed and read as it was", x -> activatedAndRead(x, Function.SIGMOID)),
        of(
            "activated twice",
            x -> x.conv("stem", 16, 3).activate(Function.TANH).activate(Function.RELU6)),
        of("squeezed and excited", x -> excited(x.conv("stem", 16, 3), 16)),
        of("squeezed and excited, odd widths", x -> excited(x.conv("stem", 19, 3), 19)),
        of("squeezed and read again", FanOutCases::squeezedAndReadAgain),
        of("a window of one pixel", x -> pointwise(x.adaptiveAveragePool(1), "a", 16)));
  }

  private static Case of(String name, UnaryOperator<Value> network) {
    return Case.of("fan-out: " + name, IMAGE, network);
  }

  private static Value pointwise(Value x, String name, int width) {
    return x.conv(name, width, 1).relu().add(x);
  }

  private static Value sideBySide(Value x) {
    Value y = x.conv("stem", 16, 3);
    return y.conv("a", 24, 1).add(y.conv("b", 24, 1)).add(y.conv("c", 24, 1));
  }

  private static Value excited(Value y, int width) {
    Value squeezed = y.adaptiveAveragePool(1).conv("fc", width, 1);
    return y.multiply(squeezed.activate(Function.SIGMOID));
  }

  /** The gradient that the mean's part meets is still to be read by another op. */
  private static Value squeezedAndReadAgain(Value x) {
    Value y = x.conv("stem", 16, 3);
    Value z = y.conv("a", 16, 1).add(y);
    return excited(y, 16).add(z).add(y.conv("b", 16, 3));
  }

  private static Value bottleneck(Value x) {
    Value y = x.conv("stem", 32, 3).norm("stem.norm").relu();
    Value z = y.conv("a", 8, 1).norm("a.norm").relu().conv("b", 8, 3).norm("b.norm").relu();
    return z.conv("c", 32, 1).norm("c.norm").add(y).relu();
  }

  private static Value wideAmongPointwise(Value x) {
    Value y = x.conv("stem", 16, 3);
    return y.conv("a", 16, 1).add(y.conv("b", 16, 3)).add(y.conv("c", 16, 1)).add(y);
  }

  /** The sum hands the same numbers to the stem and to the convolution that reads the stem. */
  private static Value ownGradient(Value x) {
    Value y = x.conv("stem", 16, 3);
    Value read = y.conv("a", 16, 1);
    Value other = x.conv("other", 16, 3);
    return y.add(other).add(read);
  }

  /** The sum hands the same numbers to the stem and to its neighbour, whose turn comes last. */
  private static Value pendingGradient(Value x) {
    Value neighbour = x.conv("neighbour", 16, 3);
    Value y = x.conv("stem", 16, 3);
    Value read = y.conv("a", 16, 1).relu();
    return neighbour.add(y).add(read);
  }

  /** The activation must not write over what it reads. */
  private static Value activatedAndRead(Value x, Function function) {
    Value y = x.conv("stem", 16, 3).norm("norm");
    return y.activate(function).add(y);
  }

  private static Value strided(Value x) {
    Value y = x.conv("stem", 16, 3);
    return y.conv("a", 16, 1, 2).add(y.conv("b", 16, 3, 2)).add(y.conv("c", 16, 1, 2));
  }
}
