package org.convoy.models;

import java.util.List;
import java.util.Locale;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * MnasNet: Tan et al. 2019, "MnasNet: Platform-Aware Neural Architecture Search for Mobile" (arXiv
 * 1807.11626): network B1, without squeeze and excitation. These are torchvision's variants: the
 * depth multiplier of the name scales channels, rounded to multiples of 8 with a bias upwards.
 */
final class MnasNet {
  /** {@code repeat} blocks of one width; the first has the stride. */
  private record Stage(int kernel, int stride, int expansion, int channels, int repeat) {}

  private static final List<Stage> STAGES =
      List.of(
          // k  s  t   c  n
          new Stage(3, 2, 3, 24, 3),
          new Stage(5, 2, 3, 40, 3),
          new Stage(5, 2, 6, 80, 3),
          new Stage(3, 1, 6, 96, 2),
          new Stage(5, 2, 6, 192, 4),
          new Stage(3, 1, 6, 320, 1));

  private static final BatchNorm NORM = new BatchNorm(1e-5, 1 - 0.9997);

  static final List<Model> MODELS =
      List.of(
          model("mnasnet0_5", 0.5, 67.734),
          model("mnasnet0_75", 0.75, 71.180),
          model("mnasnet1_0", 1.0, 73.456),
          model("mnasnet1_3", 1.3, 76.506));

  private MnasNet() {}

  private static Model model(String name, double alpha, double top1) {
    return Model.imagenet(name, 224, (in, k) -> build(name, alpha, in, k))
        .published(top1, Published.TORCHVISION);
  }

  private static Graph build(String name, double alpha, Shape input, int classes) {
    int first = InvertedResidual.divisible(32 * alpha);
    Value x = conv(Value.input(input), "layers.", 0, Convolution.of(first, 3).stride(2)).relu();
    x = conv(x, "layers.", 3, Convolution.of(first, 3).groups(first)).relu();
    x = conv(x, "layers.", 6, Convolution.of(InvertedResidual.divisible(16 * alpha), 1));
    int place = 8;
    for (Stage stage : STAGES) {
      int channels = InvertedResidual.divisible(stage.channels * alpha);
      for (int i = 0; i < stage.repeat; i++) {
        int stride = i == 0 ? stage.stride : 1;
        String path = String.format(Locale.ROOT, "layers.%d.%d", place, i);
        x = x.within(path, v -> block(v, stage, channels, stride));
      }
      place++;
    }
    x = conv(x, "layers.", place, Convolution.of(1280, 1)).relu().globalAveragePool();
    Initializer uniform = new Initializer.Uniform(Math.sqrt(3.0 / classes));
    x = x.dropout("classifier.0", 0.2);
    return x.linear("classifier.1", Linear.of(classes).initializer(uniform)).graph(name);
  }

  private static Value block(Value x, Stage stage, int channels, int stride) {
    int inner = x.channels() * stage.expansion;
    Value y = conv(x, "layers.", 0, Convolution.of(inner, 1)).relu();
    y = conv(y, "layers.", 3, Convolution.of(inner, stage.kernel).stride(stride).groups(inner));
    y = conv(y.relu(), "layers.", 6, Convolution.of(channels, 1));
    return stride == 1 && x.channels() == channels ? y.add(x) : y;
  }

  /** A convolution and a norm, which are the next two in torchvision's sequence. */
  private static Value conv(Value x, String path, int place, Convolution conv) {
    return x.conv(path + place, conv).norm(path + (place + 1), NORM);
  }
}
