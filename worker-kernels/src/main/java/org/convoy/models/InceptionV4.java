package org.convoy.models;

import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Inception-v4: Szegedy et al. 2017, "Inception-v4, Inception-ResNet and the Impact of Residual
 * Connections on Learning" (arXiv 1602.07261), figures 3 to 9. This is timm's variant, with the
 * paper's dropout of 0.2. Each module's name is its index in timm's sequence.
 */
final class InceptionV4 {
  private static final InceptionStyle STYLE = new InceptionStyle(new Initializer.FanInUniform());

  static final List<Model> MODELS =
      List.of(
          Model.imagenet("inception_v4", 299, InceptionV4::build)
              .preprocessed(Preprocessing.INCEPTION)
              .published(80.0, "Szegedy et al. 2017, table 2"));

  private InceptionV4() {}

  private static Graph build(Shape input, int classes) {
    Value x = STYLE.valid(Value.input(input), "features.0", 32, 2);
    x = STYLE.conv(STYLE.valid(x, "features.1", 32, 1), "features.2", 64, 3);
    x = Value.concat(x.maxPool(3, 2, 0), STYLE.valid(x, "features.3.conv", 96, 2));
    x = x.within("features.4", InceptionV4::stem);
    x = Value.concat(STYLE.valid(x, "features.5.conv", 192, 2), x.maxPool(3, 2, 0));
    for (int i = 6; i < 22; i++) {
      int place = i;
      x = x.within("features." + place, v -> module(v, place));
    }
    x = x.globalAveragePool().dropout("head_drop", 0.2);
    return x.linear("last_linear", classes).graph("inception_v4");
  }

  /** Figure 9: four modules A, a reduction, seven modules B, a reduction, three modules C. */
  private static Value module(Value x, int place) {
    if (place == 10) {
      return reductionA(x);
    } else if (place == 18) {
      return reductionB(x);
    }
    return place < 10 ? a(x) : place < 18 ? b(x) : c(x);
  }

  private static Value stem(Value x) {
    Value three = STYLE.valid(STYLE.conv(x, "branch0.0", 64, 1), "branch0.1", 96, 1);
    Value seven = STYLE.conv(STYLE.conv(x, "branch1.0", 64, 1), "branch1.1", 64, 1, 7);
    seven = STYLE.conv(seven, "branch1.2", 64, 7, 1);
    return Value.concat(three, STYLE.valid(seven, "branch1.3", 96, 1));
  }

  private static Value a(Value x) {
    Value three = STYLE.conv(STYLE.conv(x, "branch1.0", 64, 1), "branch1.1", 96, 3);
    Value twice = STYLE.conv(STYLE.conv(x, "branch2.0", 64, 1), "branch2.1", 96, 3);
    twice = STYLE.conv(twice, "branch2.2", 96, 3);
    return Value.concat(STYLE.conv(x, "branch0", 96, 1), three, twice, pool(x, 96));
  }

  private static Value reductionA(Value x) {
    Value three = STYLE.valid(x, "branch0", 384, 2);
    Value twice = STYLE.conv(STYLE.conv(x, "branch1.0", 192, 1), "branch1.1", 224, 3);
    return Value.concat(three, STYLE.valid(twice, "branch1.2", 256, 2), x.maxPool(3, 2, 0));
  }

  private static Value b(Value x) {
    Value seven = STYLE.conv(STYLE.conv(x, "branch1.0", 192, 1), "branch1.1", 224, 1, 7);
    seven = STYLE.conv(seven, "branch1.2", 256, 7, 1);
    Value twice = STYLE.conv(STYLE.conv(x, "branch2.0", 192, 1), "branch2.1", 192, 7, 1);
    twice = STYLE.conv(STYLE.conv(twice, "branch2.2", 224, 1, 7), "branch2.3", 224, 7, 1);
    twice = STYLE.conv(twice, "branch2.4", 256, 1, 7);
    return Value.concat(STYLE.conv(x, "branch0", 384, 1), seven, twice, pool(x, 128));
  }

  private static Value reductionB(Value x) {
    Value three = STYLE.valid(STYLE.conv(x, "branch0.0", 192, 1), "branch0.1", 192, 2);
    Value seven = STYLE.conv(STYLE.conv(x, "branch1.0", 256, 1), "branch1.1", 256, 1, 7);
    seven = STYLE.valid(STYLE.conv(seven, "branch1.2", 320, 7, 1), "branch1.3", 320, 2);
    return Value.concat(three, seven, x.maxPool(3, 2, 0));
  }

  private static Value c(Value x) {
    Value three = STYLE.conv(x, "branch1_0", 384, 1);
    Value twice = STYLE.conv(STYLE.conv(x, "branch2_0", 384, 1), "branch2_1", 448, 3, 1);
    twice = STYLE.conv(twice, "branch2_2", 512, 1, 3);
    return Value.concat(
        STYLE.conv(x, "branch0", 256, 1),
        STYLE.conv(three, "branch1_1a", 256, 1, 3),
        STYLE.conv(three, "branch1_1b", 256, 3, 1),
        STYLE.conv(twice, "branch2_3a", 256, 1, 3),
        STYLE.conv(twice, "branch2_3b", 256, 3, 1),
        pool(x, 256));
  }

  private static Value pool(Value x, int channels) {
    return STYLE.conv(InceptionStyle.average(x), "branch3.1", channels, 1);
  }
}
