package org.convoy.models;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * VGG networks: Simonyan and Zisserman 2015, "Very Deep Convolutional Networks for Large-Scale
 * Image Recognition", table 1: each stage has 3x3 convolutions of one width and ends in a pool.
 *
 * <p>These are torchvision's variants: in networks with {@code _bn} in the name, batch
 * normalisation follows each convolution. An adaptive average pool makes 7x7 positions before the
 * classifier.
 */
final class Vgg {
  private static final int[] WIDTHS = {64, 128, 256, 512, 512};

  //        column              top-1  convolutions of stage 1  2  3  4  5
  static final List<Model> MODELS =
      List.of(
          /* A */ model("vgg11", 69.020, 1, 1, 2, 2, 2),
          /* A */ model("vgg11_bn", 70.370, 1, 1, 2, 2, 2),
          /* B */ model("vgg13", 69.928, 2, 2, 2, 2, 2),
          /* B */ model("vgg13_bn", 71.586, 2, 2, 2, 2, 2),
          /* D */ model("vgg16", 71.592, 2, 2, 3, 3, 3),
          /* D */ model("vgg16_bn", 73.360, 2, 2, 3, 3, 3),
          /* E */ model("vgg19", 72.376, 2, 2, 4, 4, 4),
          /* E */ model("vgg19_bn", 74.218, 2, 2, 4, 4, 4));

  private Vgg() {}

  private static Model model(String name, double top1, int... stages) {
    boolean norm = name.endsWith("_bn");
    return Model.imagenet(name, 224, (in, k) -> build(name, norm, stages, in, k))
        .published(top1, Published.TORCHVISION);
  }

  private static Graph build(String name, boolean norm, int[] stages, Shape input, int classes) {
    Value x = Value.input(input).within("features", v -> features(v, norm, stages));
    x = x.adaptiveAveragePool(7).flatten();
    x = x.linear("classifier.0", linear(4096)).relu().dropout("classifier.2", 0.5);
    x = x.linear("classifier.3", linear(4096)).relu().dropout("classifier.5", 0.5);
    return x.linear("classifier.6", linear(classes)).graph(name);
  }

  /** The convolutional part. The name of each op is its index in torchvision's sequence. */
  private static Value features(Value x, boolean norm, int[] stages) {
    int place = 0;
    for (int stage = 0; stage < stages.length; stage++) {
      for (int i = 0; i < stages[stage]; i++) {
        x = x.conv("" + place++, Convolution.of(WIDTHS[stage], 3).withBias());
        x = norm ? x.norm("" + place++) : x;
        x = x.relu();
        place++;
      }
      x = x.maxPool(2, 2, 0);
      place++;
    }
    return x;
  }

  private static Linear linear(int features) {
    return Linear.of(features).initializer(new Initializer.Normal(0.01));
  }
}
