package org.convoy.models;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * AlexNet in the form of Krizhevsky 2014, "One weird trick for parallelizing convolutional neural
 * networks", section 3: the network of Krizhevsky et al. 2012 in one column, without local response
 * normalisation.
 *
 * <p>This is torchvision's variant: an adaptive average pool makes 6x6 positions before the
 * classifier, and dropout comes before the first two linear layers.
 */
final class AlexNet {
  static final List<Model> MODELS =
      List.of(new Model("alexnet", Shape.of(3, 224, 224), 1000, AlexNet::build));

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
}
