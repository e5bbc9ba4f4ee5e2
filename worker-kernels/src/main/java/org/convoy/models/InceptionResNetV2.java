package org.convoy.models;

import java.util.List;
import org.convoy.graph.Activate;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Inception-ResNet-v2: Szegedy et al. 2017, "Inception-v4, Inception-ResNet and the Impact of
 * Residual Connections on Learning" (arXiv 1602.07261), figures 15 to 19, with the residuals scaled
 * as section 3.3 says. This is timm's variant, which is the authors' code, with the paper's dropout
 * of 0.2.
 */
final class InceptionResNetV2 {
  private static final Initializer START = new Initializer.FanInUniform();
  private static final InceptionStyle STYLE = new InceptionStyle(START);

  static final List<Model> MODELS =
      List.of(
          Model.imagenet("inception_resnet_v2", 299, InceptionResNetV2::build)
              .preprocessed(Preprocessing.INCEPTION.crop(0.8975))
              .published(80.1, "Szegedy et al. 2017, table 2"));

  private InceptionResNetV2() {}

  private static Graph build(Shape input, int classes) {
    Value x = STYLE.valid(Value.input(input), "conv2d_1a", 32, 2);
    x = STYLE.conv(STYLE.valid(x, "conv2d_2a", 32, 1), "conv2d_2b", 64, 3).maxPool(3, 2, 0);
    x = STYLE.valid(STYLE.conv(x, "conv2d_3b", 80, 1), "conv2d_4a", 192, 1).maxPool(3, 2, 0);
    x = x.within("mixed_5b", InceptionResNetV2::first);
    for (int i = 0; i < 10; i++) {
      x = x.within("repeat." + i, InceptionResNetV2::a).relu();
    }
    x = x.within("mixed_6a", InceptionResNetV2::reductionA);
    for (int i = 0; i < 20; i++) {
      x = x.within("repeat_1." + i, InceptionResNetV2::b).relu();
    }
    x = x.within("mixed_7a", InceptionResNetV2::reductionB);
    for (int i = 0; i < 9; i++) {
      x = x.within("repeat_2." + i, v -> c(v, 0.2)).relu();
    }
    x = STYLE.conv(x.within("block8", v -> c(v, 1)), "conv2d_7b", 1536, 1);
    x = x.globalAveragePool().dropout("head_drop", 0.2);
    return x.linear("classif", classes).graph("inception_resnet_v2");
  }

  private static Value first(Value x) {
    Value five = STYLE.conv(STYLE.conv(x, "branch1.0", 48, 1), "branch1.1", 64, 5);
    Value three = STYLE.conv(STYLE.conv(x, "branch2.0", 64, 1), "branch2.1", 96, 3);
    three = STYLE.conv(three, "branch2.2", 96, 3);
    Value pool = STYLE.conv(InceptionStyle.average(x), "branch3.1", 64, 1);
    return Value.concat(STYLE.conv(x, "branch0", 96, 1), five, three, pool);
  }

  private static Value a(Value x) {
    Value three = STYLE.conv(STYLE.conv(x, "branch1.0", 32, 1), "branch1.1", 32, 3);
    Value twice = STYLE.conv(STYLE.conv(x, "branch2.0", 32, 1), "branch2.1", 48, 3);
    twice = STYLE.conv(twice, "branch2.2", 64, 3);
    return residual(x, Value.concat(STYLE.conv(x, "branch0", 32, 1), three, twice), 0.17);
  }

  private static Value reductionA(Value x) {
    Value three = STYLE.valid(x, "branch0", 384, 2);
    Value twice = STYLE.conv(STYLE.conv(x, "branch1.0", 256, 1), "branch1.1", 256, 3);
    return Value.concat(three, STYLE.valid(twice, "branch1.2", 384, 2), x.maxPool(3, 2, 0));
  }

  private static Value b(Value x) {
    Value seven = STYLE.conv(STYLE.conv(x, "branch1.0", 128, 1), "branch1.1", 160, 1, 7);
    seven = STYLE.conv(seven, "branch1.2", 192, 7, 1);
    return residual(x, Value.concat(STYLE.conv(x, "branch0", 192, 1), seven), 0.1);
  }

  private static Value reductionB(Value x) {
    Value one = STYLE.valid(STYLE.conv(x, "branch0.0", 256, 1), "branch0.1", 384, 2);
    Value other = STYLE.valid(STYLE.conv(x, "branch1.0", 256, 1), "branch1.1", 288, 2);
    Value twice = STYLE.conv(STYLE.conv(x, "branch2.0", 256, 1), "branch2.1", 288, 3);
    twice = STYLE.valid(twice, "branch2.2", 320, 2);
    return Value.concat(one, other, twice, x.maxPool(3, 2, 0));
  }

  private static Value c(Value x, double scale) {
    Value three = STYLE.conv(STYLE.conv(x, "branch1.0", 192, 1), "branch1.1", 224, 1, 3);
    three = STYLE.conv(three, "branch1.2", 256, 3, 1);
    return residual(x, Value.concat(STYLE.conv(x, "branch0", 192, 1), three), scale);
  }

  /** The block's input plus a scaled linear map of its branches. */
  private static Value residual(Value x, Value branches, double scale) {
    Convolution expand = Convolution.of(x.channels(), 1).withBias().initializer(START);
    Value y = branches.conv("conv2d", expand);
    return (scale == 1 ? y : y.activate(new Activate(Function.LINEAR, scale))).add(x);
  }
}
