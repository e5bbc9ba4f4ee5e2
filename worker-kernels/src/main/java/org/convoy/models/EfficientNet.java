package org.convoy.models;

import static org.convoy.graph.Activate.Function.SIGMOID;
import static org.convoy.graph.Activate.Function.SILU;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Initializer.Uniform;
import org.convoy.graph.Linear;
import org.convoy.graph.Value;
import org.convoy.models.InvertedResidual.Style;
import org.convoy.models.Models.Model;

/**
 * EfficientNet: Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
 * Networks" (arXiv 1905.11946), table 1, scaled in width, depth and resolution together. This is
 * torchvision's variant, with stochastic depth (Huang et al. 2016) that grows to 0.2 over the
 * blocks.
 */
final class EfficientNet {
  /** {@code repeat} blocks of one width; the first has the stride. */
  record Stage(int expansion, int kernel, int stride, int channels, int repeat) {}

  static final List<Stage> STAGES =
      List.of(
          // t  k  s  c  n
          new Stage(1, 3, 1, 16, 1),
          new Stage(6, 3, 2, 24, 2),
          new Stage(6, 5, 2, 40, 2),
          new Stage(6, 3, 2, 80, 3),
          new Stage(6, 5, 1, 112, 3),
          new Stage(6, 5, 2, 192, 4),
          new Stage(6, 3, 1, 320, 1));

  private static final Pattern SCALED =
      Pattern.compile("efficientnet_phi_(-?[0-9]{1,2}([.][0-9]{1,6})?)");
  private static final Style FAST = new Style(BatchNorm.standard(), SILU, SIGMOID);
  private static final Style SLOW = new Style(new BatchNorm(1e-3, 0.01), SILU, SIGMOID);

  static final List<Model> MODELS =
      List.of(
          // name  image  width  depth  dropout  top-1
          model("efficientnet_b0", 224, 1.0, 1.0, 0.2, FAST, 77.692),
          model("efficientnet_b1", 240, 1.0, 1.1, 0.2, FAST, 78.642),
          model("efficientnet_b2", 260, 1.1, 1.2, 0.3, FAST, 80.608),
          model("efficientnet_b3", 300, 1.2, 1.4, 0.3, FAST, 82.008),
          model("efficientnet_b4", 380, 1.4, 1.8, 0.4, FAST, 83.384),
          model("efficientnet_b5", 456, 1.6, 2.2, 0.4, SLOW, 83.444),
          model("efficientnet_b6", 528, 1.8, 2.6, 0.5, SLOW, 84.008),
          model("efficientnet_b7", 600, 2.0, 3.1, 0.5, SLOW, 84.122));

  private EfficientNet() {}

  /**
   * The network of any size by compound scaling (equation 3): depth 1.2^phi, width 1.1^phi,
   * resolution 1.15^phi, so that multiply-adds about double with each step of phi. B1 to B7 are
   * such networks with rounded factors. Dropout grows by 0.05 with phi, much as theirs does, from
   * 0.2 to at most 0.5.
   *
   * @param name {@code efficientnet_phi_} and phi, from -4 to 8
   * @return empty if the name has another form
   */
  static Optional<Model> scaled(String name) {
    Matcher matcher = SCALED.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    double phi = Double.parseDouble(matcher.group(1));
    if (!(phi >= -4 && phi <= 8)) {
      return Optional.empty();
    }
    int side = (int) Math.rint(224 * StrictMath.pow(1.15, phi));
    double width = StrictMath.pow(1.1, phi);
    double depth = StrictMath.pow(1.2, phi);
    double dropout = Math.min(0.5, 0.2 + 0.05 * Math.max(0, phi));
    return Optional.of(model(name, side, width, depth, dropout, FAST));
  }

  private static Model model(
      String name, int side, double width, double depth, double dropout, Style style, double top1) {
    return model(name, side, width, depth, dropout, style).published(top1, Published.TORCHVISION);
  }

  private static Model model(
      String name, int side, double width, double depth, double dropout, Style style) {
    return Model.imagenet(
        name,
        side,
        (input, classes) -> {
          Value x = body(Value.input(input), width, depth, style).globalAveragePool();
          Linear linear = Linear.of(classes).initializer(new Uniform(1 / Math.sqrt(classes)));
          return x.dropout("classifier.0", dropout).linear("classifier.1", linear).graph(name);
        });
  }

  private static Value body(Value input, double width, double depth, Style style) {
    double blocks = STAGES.stream().mapToDouble(stage -> Math.ceil(depth * stage.repeat)).sum();
    int stem = InvertedResidual.divisible(32 * width);
    Value x = style.conv(input, "features.0", Convolution.of(stem, 3).stride(2), SILU);
    int done = 0;
    for (int i = 0; i < STAGES.size(); i++) {
      Stage stage = STAGES.get(i);
      int channels = InvertedResidual.divisible(width * stage.channels);
      for (int j = 0; j < depth * stage.repeat; j++) {
        int expanded = stage.expansion * x.channels();
        int squeeze = x.channels() / 4;
        int stride = j == 0 ? stage.stride : 1;
        InvertedResidual block =
            new InvertedResidual(stage.kernel, expanded, channels, squeeze, SILU, stride, style);
        double drop = 0.2 * done++ / blocks;
        x =
            x.within(
                String.format(Locale.ROOT, "features.%d.%d", i + 1, j), v -> block.apply(v, drop));
      }
    }
    return style.conv(x, "features.8", Convolution.of(4 * x.channels(), 1), SILU);
  }
}
