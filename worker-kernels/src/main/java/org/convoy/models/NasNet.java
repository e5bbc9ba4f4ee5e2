package org.convoy.models;

import java.util.List;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Pool;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.graph.Window;
import org.convoy.models.Models.Model;

/**
 * NASNet-A: Zoph et al. 2018, "Learning Transferable Architectures for Scalable Image Recognition"
 * (arXiv 1707.07012), figure 4: 4 @ 1056 (mobile) and 6 @ 4032 (large). Tensors have timm's names.
 * The paper's dropout of paths and its auxiliary classifier are left out.
 */
final class NasNet {
  private static final BatchNorm NORM = new BatchNorm(1e-3, 0.1);

  static final List<Model> MODELS =
      List.of(
          //                     image  cells  stem  features  top-1
          model("nasnetamobile", 224, 4, 32, 1056, 74.0),
          model("nasnetalarge", 331, 6, 96, 4032, 82.7));

  private NasNet() {}

  private static Model model(
      String name, int side, int cells, int stem, int features, double top1) {
    return Model.imagenet(name, side, (in, k) -> build(name, cells, stem, features / 24, in, k))
        .preprocessed(Preprocessing.INCEPTION.crop(side == 224 ? 0.875 : 0.911))
        .published(top1, "Zoph et al. 2018, tables 2 and 3");
  }

  private static Graph build(
      String name, int cells, int stem, int width, Shape input, int classes) {
    Value first = Value.input(input);
    first = first.conv("conv0.conv", conv(stem, 3).stride(2).padding(0)).norm("conv0.bn", NORM);
    Value before = reduction(unit(first, "cell_stem_0.conv_1x1", width / 4), first, "cell_stem_0");
    Value x = reduction(before, first, "cell_stem_1", width / 2);
    for (int stage = 0; stage < 3; stage++) {
      for (int i = 0; i < cells; i++) {
        Value next = normal(x, before, "cell_" + (6 * stage + i), width << stage);
        before = x;
        x = next;
      }
      x = stage < 2 ? reduction(x, before, "reduction_cell_" + stage, 2 * width << stage) : x;
    }
    x = x.relu().globalAveragePool().dropout("head_drop", 0.5);
    return x.linear("last_linear", classes).graph(name);
  }

  /** The left cell of the figure. */
  private static Value normal(Value x, Value before, String cell, int width) {
    Value left = fit(before, x, cell, width);
    Value right = unit(x, cell + ".conv_1x1", width);
    String name = cell + ".comb_iter_";
    Value mean = average(left, 1);
    return Value.concat(
        left,
        separable(right, name + "0_left", width, 5, 1)
            .add(separable(left, name + "0_right", width, 3, 1)),
        separable(left, name + "1_left", width, 5, 1)
            .add(separable(left, name + "1_right", width, 3, 1)),
        average(right, 1).add(left),
        mean.add(mean),
        separable(right, name + "4_left", width, 3, 1).add(right));
  }

  /** The right cell of the figure, which halves the image, with 1x1 convolutions before it. */
  private static Value reduction(Value x, Value before, String cell, int width) {
    return reduction(unit(x, cell + ".conv_1x1", width), fit(before, x, cell, width), cell);
  }

  private static Value reduction(Value x, Value other, String cell) {
    int width = x.channels();
    String name = cell + ".comb_iter_";
    Value largest = x.pool(Pool.max(3, 2, 0).same(x.shape()));
    Value zero = separable(x, name + "0_left", width, 5, 2);
    zero = zero.add(separable(other, name + "0_right", width, 7, 2));
    Value one = largest.add(separable(other, name + "1_right", width, 7, 2));
    Value two = average(x, 2).add(separable(other, name + "2_right", width, 5, 2));
    Value four = separable(zero, name + "4_left", width, 3, 1).add(largest);
    return Value.concat(one, two, average(zero, 1).add(one), four);
  }

  /** The cell before the last, with the width and the resolution of this one. */
  private static Value fit(Value before, Value x, String cell, int width) {
    if (before.shape().spatial().equals(x.shape().spatial())) {
      return unit(before, cell + ".conv_prev_1x1", width);
    }
    // Two halves of the channels read positions of even and of odd numbers.
    Value y = before.relu();
    Value even = y.averagePool(1, 2, 0).conv(cell + ".path_1.conv", conv(width / 2, 1));
    y = y.slice(1, 1, y.shape().dimension(1)).slice(2, 1, y.shape().dimension(2));
    y = y.pad(List.of(0, 0), List.of(1, 1)).averagePool(1, 2, 0);
    Value odd = y.conv(cell + ".path_2.conv", conv(width / 2, 1));
    return Value.concat(even, odd).norm(cell + ".final_path_bn", NORM);
  }

  private static Value unit(Value x, String name, int width) {
    return x.relu().conv(name + ".conv", conv(width, 1)).norm(name + ".bn", NORM);
  }

  private static Value average(Value x, int stride) {
    Window window = Window.of(List.of(3)).stride(stride).same(x.shape().spatial());
    return x.pool(new Pool(Pool.Kind.AVERAGE, window, false, false));
  }

  /** A separable convolution, twice; the first has the stride. */
  private static Value separable(Value x, String name, int width, int kernel, int stride) {
    Value y = once(x.relu(), name + ".separable_1", width, kernel, stride);
    y = once(y.norm(name + ".bn_sep_1", NORM).relu(), name + ".separable_2", width, kernel, 1);
    return y.norm(name + ".bn_sep_2", NORM);
  }

  private static Value once(Value x, String name, int width, int kernel, int stride) {
    Convolution depthwise = conv(x.channels(), kernel).stride(stride).groups(x.channels());
    Value y = x.conv(name + ".depthwise_conv2d", depthwise.same(x.shape()));
    return y.conv(name + ".pointwise_conv2d", conv(width, 1));
  }

  private static Convolution conv(int channels, int kernel) {
    return Convolution.of(channels, kernel).initializer(new Initializer.FanInUniform());
  }
}
