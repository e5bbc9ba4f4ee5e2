package org.convoy.models;

import java.util.List;
import org.convoy.graph.Activate;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * The network of airbench94: Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (arXiv
 * 2404.00498), section 2. The first convolution whitens 2x2 patches of the images: its weights are
 * computed from the training images, and the recipe freezes them. The other convolutions begin as
 * the identity on their first filters (section 3.1). Norms have a scale, which the recipe freezes
 * at 1; the paper has none. Outputs are divided by 9.
 */
final class AirBench {
  static final List<Model> MODELS =
      List.of(
          Model.cifar10("airbench94", AirBench::build).published(94.01, "Jordan 2024, table 2"));

  private static final int PATCH = 2;
  private static final BatchNorm NORM = new BatchNorm(1e-12, 0.4);
  private static final List<Integer> WIDTHS = List.of(64, 256, 256);

  private AirBench() {}

  private static Graph build(Shape input, int classes) {
    // Each direction of the patches with both signs.
    int directions = 2 * input.channels() * PATCH * PATCH;
    Convolution whiten = Convolution.of(directions, PATCH).padding(0).withBias();
    Value x = Value.input(input);
    x = x.conv("whiten", whiten.initializer(new Initializer.Whitening(5e-4)));
    x = x.activate(Function.GELU);
    for (int i = 0; i < WIDTHS.size(); i++) {
      int width = WIDTHS.get(i);
      x = x.within("block" + (i + 1), v -> block(v, width));
    }
    x = x.maxPool(3, 3, 0).flatten();
    x = x.linear("head", new Linear(classes, false, new Initializer.FanInUniform()));
    return x.activate(new Activate(Function.LINEAR, 1.0 / 9)).graph("airbench94");
  }

  private static Value block(Value x, int width) {
    Value y = x.conv("conv1", conv(width)).maxPool(2, 2, 0).norm("norm1", NORM);
    return y.activate(Function.GELU)
        .conv("conv2", conv(width))
        .norm("norm2", NORM)
        .activate(Function.GELU);
  }

  private static Convolution conv(int width) {
    return Convolution.of(width, 3).initializer(new Initializer.Dirac());
  }
}
