package org.convoy.kernels;

import java.util.List;
import java.util.function.UnaryOperator;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;

/**
 * {@link Cases} of convolutions with what may be computed in one pass with them: norms, additions,
 * activations, and results that something else reads too, so that nothing may be written over them.
 */
final class ChainCases {
  private static final Shape IMAGE = Shape.of(17, 6, 5);

  private ChainCases() {}

  static List<Case> all() {
    return List.of(
        of("norm and relu6", x -> plain(x, "a", 16).norm("an").activate(Function.RELU6)),
        of("norm and silu", x -> plain(x, "a", 33).norm("an").activate(Function.SILU)),
        of("bias and relu", x -> biased(x, "a", 13).relu()),
        of("bias and gelu", x -> biased(x, "a", 13).activate(Function.GELU)),
        of("depthwise", x -> depthwise(x).norm("an").activate(Function.HARD_SWISH)),
        of("linear bottleneck", x -> depthwise(x).norm("an").add(x).relu()),
        of("norm read twice", ChainCases::normReadTwice),
        of("sum without a norm", x -> biased(x, "a", 17).add(x)),
        of("two chains that meet", ChainCases::meeting),
        of("addend read before", ChainCases::addendReadBefore),
        of("addend read behind", ChainCases::addendReadBehind),
        of("addend passed on", ChainCases::addendPassedOn),
        of("sum with itself", ChainCases::sumWithItself),
        of("norm behind an activation", x -> plain(x, "a", 16).relu().norm("an")));
  }

  private static Case of(String name, UnaryOperator<Value> network) {
    return Case.of("chain: " + name, IMAGE, network);
  }

  private static Value plain(Value x, String name, int width) {
    return x.conv(name, width, 3);
  }

  private static Value biased(Value x, String name, int width) {
    return x.conv(name, Convolution.of(width, 3).withBias());
  }

  private static Value depthwise(Value x) {
    return x.conv("a", Convolution.of(x.channels(), 3).groups(x.channels()));
  }

  private static Value normReadTwice(Value x) {
    Value y = plain(x, "a", 17).norm("an");
    return plain(y.relu(), "b", 17).norm("bn").add(y);
  }

  private static Value meeting(Value x) {
    Value left = plain(x, "a", 16).norm("an");
    Value right = plain(x, "b", 16).norm("bn");
    return left.add(right).relu();
  }

  private static Value addendReadBefore(Value x) {
    Value y = plain(x, "a", 16).norm("an").relu();
    return plain(plain(y, "b", 8).norm("bn").relu(), "c", 16).norm("cn").add(y).relu();
  }

  private static Value addendReadBehind(Value x) {
    Value y = plain(x, "a", 16).norm("an").relu();
    Value z = plain(y, "b", 16).norm("bn").add(y).relu();
    return plain(z, "c", 16).norm("cn").add(y);
  }

  /** The addend's memory is that of a dropout's result, too. */
  private static Value addendPassedOn(Value x) {
    Value y = plain(x, "a", 16).norm("an").relu();
    Value same = y.dropout("drop", 0);
    Value z = plain(y, "b", 16).norm("bn").add(y).relu();
    return z.activate(Function.TANH).add(same);
  }

  private static Value sumWithItself(Value x) {
    Value y = plain(x, "a", 16).norm("an");
    return y.add(y);
  }
}
