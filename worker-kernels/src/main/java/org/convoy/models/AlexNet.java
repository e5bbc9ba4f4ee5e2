package org.convoy.models;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Linear;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * AlexNet. {@code alexnet} is torchvision's, in the form of Krizhevsky 2014, "One weird trick for
 * parallelizing convolutional neural networks" (arXiv 1404.5997), section 3: one column, without
 * local response normalisation; an adaptive average pool makes 6x6 positions before the classifier,
 * and dropout comes before the first two linear layers.
 *
 * <p>{@code alexnet_2012} is that of Krizhevsky et al. 2012, "ImageNet Classification with Deep
 * Convolutional Neural Networks" (DOI 10.1145/3065386), figure 2: what ran on two processors is two
 * groups, norms come before pools (section 3.5), biases start at one in the layers that section 5
 * names. It reads 227x227 pixels, which the text calls 224x224. At other resolutions an adaptive
 * average pool makes 6x6 positions.
 */
final class AlexNet {
  static final List<Model> MODELS =
      List.of(
          Model.imagenet("alexnet", 224, AlexNet::build).published(56.522, Published.TORCHVISION),
          Model.imagenet("alexnet_2012", 227, AlexNet::original)
              .published(59.3, "Krizhevsky et al. 2012, table 2, one network, ten crops"));

  /** The paper's constants; its alpha is not divided by the size. */
  private static final LocalResponseNorm NORM = new LocalResponseNorm(5, 5e-4, 0.75, 2);

  private static final Initializer ZERO = new Initializer.Normal(0.01);
  private static final Initializer ONE = new Initializer.NormalWithBias(0.01, 1);

  private AlexNet() {}

  private static Graph build(Shape input, int classes) {
    Value x = Value.input(input);
    x = conv(x, "features.0", Convolution.of(64, 11).stride(4).padding(2)).maxPool(3, 2, 0);
    x = conv(x, "features.3", Convolution.of(192, 5)).maxPool(3, 2, 0);
    x = conv(x, "features.6", Convolution.of(384, 3));
    x = conv(x, "features.8", Convolution.of(256, 3));
    x = conv(x, "features.10", Convolution.of(256, 3)).maxPool(3, 2, 0);
    x = x.adaptiveAveragePool(6).flatten();
    x = x.dropout("classifier.0", 0.5).linear("classifier.1", 4096).relu();
    x = x.dropout("classifier.3", 0.5).linear("classifier.4", 4096).relu();
    return x.linear("classifier.6", classes).graph("alexnet");
  }

  private static Value conv(Value x, String name, Convolution conv) {
    return x.conv(name, conv.withBias().initializer(new Initializer.FanInUniform())).relu();
  }

  private static Graph original(Shape input, int classes) {
    Value x = Value.input(input);
    x = conv(x, "conv1", Convolution.of(96, 11).stride(4).padding(0), ZERO);
    x = x.apply("norm1", NORM).maxPool(3, 2, 0);
    x = conv(x, "conv2", Convolution.of(256, 5).groups(2), ONE);
    x = x.apply("norm2", NORM).maxPool(3, 2, 0);
    x = conv(x, "conv3", Convolution.of(384, 3), ZERO);
    x = conv(x, "conv4", Convolution.of(384, 3).groups(2), ONE);
    x = conv(x, "conv5", Convolution.of(256, 3).groups(2), ONE).maxPool(3, 2, 0);
    x = x.shape().spatial().equals(List.of(6, 6)) ? x : x.adaptiveAveragePool(6);
    x = x.flatten().linear("fc6", Linear.of(4096).initializer(ONE)).relu().dropout("drop6", 0.5);
    x = x.linear("fc7", Linear.of(4096).initializer(ONE)).relu().dropout("drop7", 0.5);
    return x.linear("fc8", Linear.of(classes).initializer(ZERO)).graph("alexnet_2012");
  }

  private static Value conv(Value x, String name, Convolution conv, Initializer start) {
    return x.conv(name, conv.withBias().initializer(start)).relu();
  }
}
