package org.convoy.models;

import java.util.List;
import java.util.Locale;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * ShuffleNet V2: Ma et al. 2018, "ShuffleNet V2: Practical Guidelines for Efficient CNN
 * Architecture Design" (arXiv 1807.11164), table 5 and figures 3c and 3d. These are torchvision's
 * variants.
 */
final class ShuffleNetV2 {
  private static final int[] BLOCKS = {4, 8, 4};

  //                              channels of stage 2   3    4    head  top-1
  static final List<Model> MODELS =
      List.of(
          model("shufflenet_v2_x0_5", 60.552, 48, 96, 192, 1024),
          model("shufflenet_v2_x1_0", 69.362, 116, 232, 464, 1024),
          model("shufflenet_v2_x1_5", 72.996, 176, 352, 704, 1024),
          model("shufflenet_v2_x2_0", 76.230, 244, 488, 976, 2048));

  private ShuffleNetV2() {}

  private static Model model(String name, double top1, int... widths) {
    return Model.imagenet(name, 224, (in, k) -> build(name, widths, in, k))
        .published(top1, Published.TORCHVISION);
  }

  private static Graph build(String name, int[] widths, Shape input, int classes) {
    Value x = conv(Value.input(input), "conv1.", 0, Convolution.of(24, 3).stride(2)).relu();
    x = x.maxPool(3, 2, 1);
    for (int stage = 0; stage < BLOCKS.length; stage++) {
      int half = widths[stage] / 2;
      for (int block = 0; block < BLOCKS[stage]; block++) {
        boolean halving = block == 0;
        x =
            x.within(
                String.format(Locale.ROOT, "stage%d.%d", stage + 2, block),
                v -> (halving ? halve(v, half) : unit(v, half)).shuffle(2));
      }
    }
    x = conv(x, "conv5.", 0, Convolution.of(widths[BLOCKS.length], 1)).relu();
    return x.globalAveragePool().linear("fc", classes).graph(name);
  }

  /** Figure 3c: half of the channels pass unchanged. */
  private static Value unit(Value x, int half) {
    return Value.concat(x.channels(0, half), branch(x.channels(half, 2 * half), half, 1));
  }

  /** Figure 3d: halves the image and widens. */
  private static Value halve(Value x, int half) {
    Value y = depthwise(x, "branch1.", 0, 2);
    y = conv(y, "branch1.", 2, Convolution.of(half, 1)).relu();
    return Value.concat(y, branch(x, half, 2));
  }

  private static Value branch(Value x, int half, int stride) {
    Value y = conv(x, "branch2.", 0, Convolution.of(half, 1)).relu();
    y = depthwise(y, "branch2.", 3, stride);
    return conv(y, "branch2.", 5, Convolution.of(half, 1)).relu();
  }

  private static Value depthwise(Value x, String path, int place, int stride) {
    return conv(
        x, path, place, Convolution.of(x.channels(), 3).stride(stride).groups(x.channels()));
  }

  /** A convolution and a norm, which are the next two in torchvision's sequence. */
  private static Value conv(Value x, String path, int place, Convolution conv) {
    Convolution start = conv.initializer(new Initializer.FanInUniform());
    return x.conv(path + place, start).norm(path + (place + 1));
  }
}
