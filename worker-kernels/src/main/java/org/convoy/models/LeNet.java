package org.convoy.models;

import java.util.List;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * LeNet-5: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", figure 2.
 * This is the form in use today: subsampling has no weights, C3 reads every map of S2, and a linear
 * layer replaces the radial basis functions.
 */
final class LeNet {
  static final List<Model> MODELS = List.of(model("lenet5", LeNet::build));

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
}
