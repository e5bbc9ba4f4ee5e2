package org.convoy.models;

import java.util.List;
import java.util.stream.IntStream;
import org.convoy.graph.Activate;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * LeNet-5: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition" (DOI
 * 10.1109/5.726791), figure 2.
 *
 * <p>{@code lenet5} is the form in use today: subsampling has no weights, C3 reads every map of S2,
 * and a linear layer replaces the radial basis functions.
 *
 * <p>{@code lenet5_1998} is the paper's. C3 reads the maps of table I, subsampling multiplies sums
 * by a coefficient and adds a bias, units squash by 1.7159 tanh(2/3 a) (equation 6). The output of
 * a class is twice the product of F6 with its code of +1 and -1: that is minus their squared
 * distance (equation 7) but for terms that all classes share, so the softmax and the largest output
 * are the same. The codes are random, not drawn as characters; {@code {match: "output.*", frozen:
 * true}} keeps them fixed, as the paper does. Biases start at zero.
 */
final class LeNet {
  static final List<Model> MODELS =
      List.of(
          model("lenet5", LeNet::build),
          model("lenet5_1998", LeNet::original).published(99.05, "LeCun et al. 1998, figure 9"));

  /** Table I: the maps of S2 that each map of C3 reads. */
  private static final int[][] READS = {
    {0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {4, 5, 0}, {5, 0, 1},
    {0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {3, 4, 5, 0}, {4, 5, 0, 1}, {5, 0, 1, 2},
    {0, 1, 3, 4}, {1, 2, 4, 5}, {0, 2, 3, 5}, {0, 1, 2, 3, 4, 5}
  };

  private LeNet() {}

  private static Model model(String name, Models.Architecture architecture) {
    Shape digit = Shape.of(1, 32, 32);
    return new Model(name, digit, 10, architecture, Preprocessing.GREY, null);
  }

  private static Graph build(Shape input, int classes) {
    Value x = Value.input(input);
    x = conv(x, "c1", 6).averagePool(2, 2, 0);
    x = conv(x, "c3", 16).averagePool(2, 2, 0);
    x = conv(x, "c5", 120).flatten();
    x = x.linear("f6", 84).activate(Function.TANH);
    return x.linear("output", classes).graph("lenet5");
  }

  private static Value conv(Value x, String name, int maps) {
    Convolution valid =
        Convolution.of(maps, 5).padding(0).withBias().initializer(new Initializer.FanInUniform());
    return x.conv(name, valid).activate(Function.TANH);
  }

  private static Graph original(Shape input, int classes) {
    Value x = squash(weigh(Value.input(input), "c1", Convolution.of(6, 5).padding(0), 25));
    Value maps = subsample(x, "s2");
    Value[] c3 =
        IntStream.range(0, READS.length).mapToObj(map -> connect(maps, map)).toArray(Value[]::new);
    x = squash(Value.concat(c3[0], List.of(c3).subList(1, c3.length).toArray(Value[]::new)));
    x = subsample(x, "s4");
    x = squash(weigh(x, "c5", Convolution.of(120, 5).padding(0), 400)).flatten();
    Initializer start = new Initializer.Uniform(2.4 / x.channels());
    x = squash(x.linear("f6", Linear.of(84).initializer(start)));
    x = x.linear("output", new Linear(classes, false, new Initializer.Signs()));
    return scale(x, 2).graph("lenet5_1998");
  }

  /** A convolution with bias; weights are uniform within 2.4 / inputs (appendix A). */
  private static Value weigh(Value x, String name, Convolution conv, int inputs) {
    return x.conv(name, conv.withBias().initializer(new Initializer.Uniform(2.4 / inputs)));
  }

  private static Value subsample(Value x, String name) {
    Convolution coefficients = Convolution.of(x.channels(), 1).groups(x.channels());
    return squash(weigh(scale(x.averagePool(2, 2, 0), 4), name, coefficients, 4));
  }

  private static Value connect(Value x, int map) {
    int[] reads = READS[map];
    Value[] others =
        IntStream.of(reads).skip(1).mapToObj(i -> x.channels(i, i + 1)).toArray(Value[]::new);
    Value read = Value.concat(x.channels(reads[0], reads[0] + 1), others);
    return weigh(read, "c3." + map, Convolution.of(1, 5).padding(0), 25 * reads.length);
  }

  private static Value squash(Value x) {
    return scale(scale(x, 2.0 / 3).activate(Function.TANH), 1.7159);
  }

  private static Value scale(Value x, double factor) {
    return x.activate(new Activate(Function.LINEAR, factor));
  }
}
