package org.convoy.models;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Pool;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * SqueezeNet: Iandola et al. 2016, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters
 * and &lt;0.5MB model size" (arXiv 1602.07360), table 1; version 1.1 is of the authors' repository:
 * a smaller first convolution, and earlier pools. These are torchvision's variants. The name of
 * each op is its index in torchvision's sequence.
 */
final class SqueezeNet {
  /** In the table, a pool. */
  private static final int POOL = 0;

  /** The squeezed channels of each fire module; both expansions have four times as many. */
  private static final int[] FIRES_1_0 = {POOL, 16, 16, 32, POOL, 32, 48, 48, 64, POOL, 64};

  private static final int[] FIRES_1_1 = {POOL, 16, 16, POOL, 32, 32, POOL, 48, 48, 64, 64};

  static final List<Model> MODELS =
      List.of(
          model("squeezenet1_0", 58.092, Convolution.of(96, 7), FIRES_1_0),
          model("squeezenet1_1", 58.178, Convolution.of(64, 3), FIRES_1_1));

  private SqueezeNet() {}

  private static Model model(String name, double top1, Convolution first, int[] fires) {
    return Model.imagenet(name, 224, (in, k) -> build(name, first, fires, in, k))
        .published(top1, Published.TORCHVISION);
  }

  private static Graph build(
      String name, Convolution first, int[] fires, Shape input, int classes) {
    Value x = conv(Value.input(input), "features.0", first.stride(2).padding(0));
    int place = 2;
    for (int squeezed : fires) {
      x =
          squeezed == POOL
              ? x.pool(Pool.max(3, 2, 0).withCeil())
              : x.within("features." + place, v -> fire(v, squeezed));
      place++;
    }
    Initializer normal = new Initializer.Normal(0.01);
    x = x.dropout("classifier.0", 0.5);
    x = x.conv("classifier.1", Convolution.of(classes, 1).withBias().initializer(normal)).relu();
    return x.globalAveragePool().graph(name);
  }

  private static Value fire(Value x, int squeezed) {
    Value y = conv(x, "squeeze", Convolution.of(squeezed, 1));
    Value one = conv(y, "expand1x1", Convolution.of(4 * squeezed, 1));
    return Value.concat(one, conv(y, "expand3x3", Convolution.of(4 * squeezed, 3)));
  }

  private static Value conv(Value x, String name, Convolution conv) {
    double fanIn = (double) conv.window().forRank(2).taps() * x.channels();
    Initializer start = new Initializer.Uniform(Math.sqrt(6 / fanIn));
    return x.conv(name, conv.withBias().initializer(start)).relu();
  }
}
