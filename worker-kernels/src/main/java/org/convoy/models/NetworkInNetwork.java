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
 * Network in Network: Lin et al. 2013, "Network In Network" (arXiv 1312.4400), section 4.2, for
 * CIFAR-10: each convolution is followed by two 1x1 convolutions, and a global average pool
 * replaces the classifier. Sizes, pools and names are those of the authors' published
 * configuration.
 */
final class NetworkInNetwork {
  static final List<Model> MODELS =
      List.of(
          Model.cifar10("nin", NetworkInNetwork::build)
              .published(91.19, "Lin et al. 2013, table 1, augmented"));

  private NetworkInNetwork() {}

  private static Graph build(Shape input, int classes) {
    Value x = Value.input(input);
    x = conv(x, "conv1", Convolution.of(192, 5));
    x = conv(x, "cccp1", Convolution.of(160, 1));
    x = conv(x, "cccp2", Convolution.of(96, 1));
    x = x.pool(Pool.max(3, 2, 0).withCeil()).dropout("drop3", 0.5);
    x = conv(x, "conv2", Convolution.of(192, 5));
    x = conv(x, "cccp3", Convolution.of(192, 1));
    x = conv(x, "cccp4", Convolution.of(192, 1));
    x = x.pool(Pool.average(3, 2, 0).withCeil()).dropout("drop6", 0.5);
    x = conv(x, "conv3", Convolution.of(192, 3));
    x = conv(x, "cccp5", Convolution.of(192, 1));
    x = conv(x, "cccp6", Convolution.of(classes, 1));
    return x.globalAveragePool().graph("nin");
  }

  private static Value conv(Value x, String name, Convolution conv) {
    Initializer start = new Initializer.Normal(0.05);
    return x.conv(name, conv.withBias().initializer(start)).relu();
  }
}
