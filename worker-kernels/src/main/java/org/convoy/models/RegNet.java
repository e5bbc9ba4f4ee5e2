package org.convoy.models;

import static org.convoy.graph.Activate.Function.SIGMOID;

import java.util.List;
import java.util.Locale;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * RegNet: Radosavovic et al. 2020, "Designing Network Design Spaces" (arXiv 2003.13678), figures 17
 * and 18. Widths of blocks are {@code w_j = w_0 w_m^k}, k the rounded logarithm of {@code w_0 + w_a
 * j}; Y has squeeze and excitation of a quarter of the block's input. These are torchvision's
 * variants.
 */
final class RegNet {
  private static final double SQUEEZE = 0.25;
  private static final String SWAG = "torchvision, weights IMAGENET1K_SWAG_LINEAR_V1";

  static final List<Model> MODELS =
      List.of(
          //      name            depth  w_0  w_a    w_m  group  top-1
          model("regnet_x_400mf", 22, 24, 24.48, 2.54, 16, 72.834),
          model("regnet_x_800mf", 16, 56, 35.73, 2.28, 16, 75.212),
          model("regnet_x_1_6gf", 18, 80, 34.01, 2.25, 24, 77.040),
          model("regnet_x_3_2gf", 25, 88, 26.31, 2.25, 48, 78.364),
          model("regnet_x_8gf", 23, 80, 49.56, 2.88, 120, 79.344),
          model("regnet_x_16gf", 22, 216, 55.59, 2.1, 128, 80.058),
          model("regnet_x_32gf", 23, 320, 69.86, 2.0, 168, 80.622),
          model("regnet_y_400mf", 16, 48, 27.89, 2.09, 8, 74.046),
          model("regnet_y_800mf", 14, 56, 38.84, 2.4, 16, 76.420),
          model("regnet_y_1_6gf", 27, 48, 20.71, 2.65, 24, 77.950),
          model("regnet_y_3_2gf", 21, 80, 42.63, 2.66, 24, 78.948),
          model("regnet_y_8gf", 17, 192, 76.82, 2.19, 56, 80.032),
          model("regnet_y_16gf", 18, 200, 106.23, 2.48, 112, 80.424),
          model("regnet_y_32gf", 20, 232, 115.89, 2.53, 232, 80.878),
          model("regnet_y_128gf", 27, 456, 160.83, 2.52, 264, 86.068).published(86.068, SWAG));

  private RegNet() {}

  private static Model model(
      String name, int depth, int w0, double wa, double wm, int group, double top1) {
    int[] widths = widths(depth, w0, wa, wm, group);
    boolean excited = name.startsWith("regnet_y");
    return Model.imagenet(name, 224, (in, k) -> build(name, widths, group, excited, in, k))
        .published(top1, Published.TORCHVISION);
  }

  /** The width of each block: a multiple of 8 (halves round to even), then of a group. */
  private static int[] widths(int depth, int w0, double wa, double wm, int group) {
    int[] widths = new int[depth];
    for (int j = 0; j < depth; j++) {
      double power = Math.rint(StrictMath.log((w0 + wa * j) / w0) / StrictMath.log(wm));
      int width = (int) Math.rint(w0 * StrictMath.pow(wm, power) / 8) * 8;
      widths[j] = InvertedResidual.divisible(width, Math.min(group, width));
    }
    return widths;
  }

  private static Graph build(
      String name, int[] widths, int group, boolean excited, Shape input, int classes) {
    Value x = conv(Value.input(input), "stem", Convolution.of(32, 3).stride(2)).relu();
    int stage = 0;
    int block = 0;
    for (int j = 0; j < widths.length; j++) {
      boolean first = j == 0 || widths[j] != widths[j - 1];
      stage = first ? stage + 1 : stage;
      block = first ? 0 : block + 1;
      int width = widths[j];
      String path =
          String.format(Locale.ROOT, "trunk_output.block%d.block%d-%d", stage, stage, block);
      x = x.within(path, v -> block(v, width, group, excited, first ? 2 : 1));
    }
    Linear linear = Linear.of(classes).initializer(new Initializer.Normal(0.01));
    return x.globalAveragePool().linear("fc", linear).graph(name);
  }

  private static Value block(Value x, int width, int group, boolean excited, int stride) {
    int groups = width / Math.min(group, width);
    Value y = conv(x, "f.a", Convolution.of(width, 1)).relu();
    y = conv(y, "f.b", Convolution.of(width, 3).stride(stride).groups(groups)).relu();
    if (excited) {
      int squeezed = (int) Math.rint(SQUEEZE * x.channels());
      y = y.within("f.se", v -> ResidualNetwork.excite(v, squeezed, SIGMOID));
    }
    y = conv(y, "f.c", Convolution.of(width, 1));
    boolean same = stride == 1 && x.channels() == width;
    return y.add(same ? x : conv(x, "proj", Convolution.of(width, 1).stride(stride))).relu();
  }

  private static Value conv(Value x, String name, Convolution conv) {
    return x.within(name, v -> v.conv("0", conv).norm("1"));
  }
}
