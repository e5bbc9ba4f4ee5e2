package org.convoy.models;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Residual networks with norm and activation before each convolution: He et al. 2016, "Identity
 * Mappings in Deep Residual Networks" (arXiv 1603.05027), figure 1b. Accuracies are those of tables
 * 2, 4 and 5. Tensors have the names of torchvision's ResNet.
 *
 * <p>In the first block of a stage the first norm and activation come before the branch and the
 * shortcut part, as in the authors' code.
 */
final class PreActivation {
  private static final String SOURCE = "He et al. 2016, table ";

  //      blocks of stage 1    2    3
  static final List<Model> MODELS =
      List.of(
          cifar("preresnet110", false, 18, 18, 18).published(93.63, SOURCE + "2"),
          cifar("preresnet164", true, 18, 18, 18).published(94.54, SOURCE + "4"),
          cifar("preresnet1001", true, 111, 111, 111).published(95.08, SOURCE + "4"),
          Model.imagenet("preresnet200", 224, (in, k) -> imagenet(in, k, 3, 24, 36, 3))
              .published(79.9, SOURCE + "5, crops of 320"));

  private PreActivation() {}

  private static Model cifar(String name, boolean bottleneck, int... stages) {
    return Model.cifar10(
        name,
        (in, k) -> {
          Value x = Value.input(in).conv("conv1", 16, 3);
          return head(body(x, 16, bottleneck, stages), k).graph(name);
        });
  }

  private static Graph imagenet(Shape input, int classes, int... stages) {
    Value x = Value.input(input).conv("conv1", Convolution.of(64, 7).stride(2));
    x = body(x.norm("bn0").relu().maxPool(3, 2, 1), 64, true, stages);
    return head(x, classes).graph("preresnet200");
  }

  private static Value body(Value x, int first, boolean bottleneck, int... stages) {
    for (int stage = 0; stage < stages.length; stage++) {
      int width = first << stage;
      for (int block = 0; block < stages[stage]; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        String path = "layer" + (stage + 1) + "." + block;
        x =
            x.within(
                path, v -> bottleneck ? bottleneck(v, width, stride) : basic(v, width, stride));
      }
    }
    return x;
  }

  private static Value head(Value x, int classes) {
    return x.norm("bn1").relu().globalAveragePool().linear("fc", classes);
  }

  static Value basic(Value x, int width, int stride) {
    Value first = x.norm("bn1").relu();
    Value y = first.conv("conv1", width, 3, stride).norm("bn2").relu().conv("conv2", width, 3);
    return y.add(shortcut(x, first, width, stride));
  }

  private static Value bottleneck(Value x, int width, int stride) {
    Value first = x.norm("bn1").relu();
    Value y = first.conv("conv1", width, 1).norm("bn2").relu();
    y = y.conv("conv2", width, 3, stride).norm("bn3").relu().conv("conv3", 4 * width, 1);
    return y.add(shortcut(x, first, 4 * width, stride));
  }

  /** The block's input where shapes agree, else a convolution of its first activation. */
  private static Value shortcut(Value x, Value first, int channels, int stride) {
    boolean same = stride == 1 && x.channels() == channels;
    return same ? x : first.conv("downsample", channels, 1, stride);
  }
}
