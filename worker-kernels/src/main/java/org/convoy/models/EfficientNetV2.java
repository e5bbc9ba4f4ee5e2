package org.convoy.models;

import static org.convoy.graph.Activate.Function.SIGMOID;
import static org.convoy.graph.Activate.Function.SILU;

import java.util.List;
import java.util.Locale;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer.Uniform;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.InvertedResidual.Style;
import org.convoy.models.Models.Model;

/**
 * EfficientNetV2: Tan and Le 2021, "EfficientNetV2: Smaller Models and Faster Training" (arXiv
 * 2104.00298), table 4; M and L as in the authors' code. Fused stages have one convolution for the
 * expansion and the depthwise convolution, and no squeeze and excitation. These are torchvision's
 * variants, with stochastic depth that grows to 0.2 over the blocks.
 */
final class EfficientNetV2 {
  private static final Style STYLE = new Style(new BatchNorm(1e-3, 0.1), SILU, SIGMOID);

  /** {@code repeat} blocks of one width with 3x3 convolutions; the first has the stride. */
  private record Stage(boolean fused, int expansion, int stride, int channels, int repeat) {}

  private static final List<Stage> S =
      List.of(
          //        fused  t  s  c   n
          new Stage(true, 1, 1, 24, 2),
          new Stage(true, 4, 2, 48, 4),
          new Stage(true, 4, 2, 64, 4),
          new Stage(false, 4, 2, 128, 6),
          new Stage(false, 6, 1, 160, 9),
          new Stage(false, 6, 2, 256, 15));

  private static final List<Stage> M =
      List.of(
          new Stage(true, 1, 1, 24, 3),
          new Stage(true, 4, 2, 48, 5),
          new Stage(true, 4, 2, 80, 5),
          new Stage(false, 4, 2, 160, 7),
          new Stage(false, 6, 1, 176, 14),
          new Stage(false, 6, 2, 304, 18),
          new Stage(false, 6, 1, 512, 5));

  private static final List<Stage> L =
      List.of(
          new Stage(true, 1, 1, 32, 4),
          new Stage(true, 4, 2, 64, 7),
          new Stage(true, 4, 2, 96, 7),
          new Stage(false, 4, 2, 192, 10),
          new Stage(false, 6, 1, 224, 19),
          new Stage(false, 6, 2, 384, 25),
          new Stage(false, 6, 1, 640, 7));

  static final List<Model> MODELS =
      List.of(
          //                image  dropout  top-1
          model("efficientnet_v2_s", 384, S, 0.2, 84.228),
          model("efficientnet_v2_m", 480, M, 0.3, 85.112),
          model("efficientnet_v2_l", 480, L, 0.4, 85.808)
              .preprocessed(Preprocessing.INCEPTION.crop(1)));

  private EfficientNetV2() {}

  private static Model model(
      String name, int side, List<Stage> stages, double dropout, double top1) {
    return Model.imagenet(name, side, (in, k) -> build(name, stages, dropout, in, k))
        .preprocessed(Preprocessing.IMAGENET.crop(1))
        .published(top1, Published.TORCHVISION);
  }

  private static Graph build(
      String name, List<Stage> stages, double dropout, Shape input, int classes) {
    Convolution first = Convolution.of(stages.get(0).channels, 3).stride(2);
    Value x = STYLE.conv(Value.input(input), "features.0", first, SILU);
    double blocks = stages.stream().mapToInt(Stage::repeat).sum();
    int done = 0;
    for (int i = 0; i < stages.size(); i++) {
      Stage stage = stages.get(i);
      for (int j = 0; j < stage.repeat; j++) {
        int stride = j == 0 ? stage.stride : 1;
        double drop = 0.2 * done++ / blocks;
        String path = String.format(Locale.ROOT, "features.%d.%d", i + 1, j);
        x = x.within(path, v -> block(v, stage, stride, drop));
      }
    }
    x = STYLE.conv(x, "features." + (stages.size() + 1), Convolution.of(1280, 1), SILU);
    Linear linear = Linear.of(classes).initializer(new Uniform(1 / Math.sqrt(classes)));
    x = x.globalAveragePool().dropout("classifier.0", dropout);
    return x.linear("classifier.1", linear).graph(name);
  }

  private static Value block(Value x, Stage stage, int stride, double drop) {
    int channels = stage.channels;
    int expanded = stage.expansion * x.channels();
    if (!stage.fused) {
      int squeeze = x.channels() / 4;
      return new InvertedResidual(3, expanded, channels, squeeze, SILU, stride, STYLE)
          .apply(x, drop);
    }
    boolean expands = stage.expansion > 1;
    Convolution first = Convolution.of(expands ? expanded : channels, 3).stride(stride);
    Value y = STYLE.conv(x, "block.0", first, SILU);
    if (expands) {
      y = y.within("block.1", v -> v.conv("0", channels, 1).norm("1", STYLE.norm()));
    }
    if (stride > 1 || x.channels() != channels) {
      return y;
    }
    return (drop > 0 ? y.apply("stochastic_depth", Dropout.sample(drop)) : y).add(x);
  }
}
