package org.convoy.models;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.jspecify.annotations.Nullable;

/** The registry: every architecture by name. A new family adds one line here. */
public final class Models {

  /** Writes a network for an input and a number of classes. */
  @FunctionalInterface
  public interface Architecture {
    Graph build(Shape input, int classes);

    /**
     * The network as it is trained, with the auxiliary outputs of its paper; the same as {@link
     * #build} if it has none.
     *
     * @param weight of the loss of each auxiliary output
     */
    default Graph buildWithAuxiliary(Shape input, int classes, double weight) {
      return build(input, classes);
    }
  }

  /**
   * An architecture with the input and the number of classes of its paper.
   *
   * @param input the shape of one sample in the paper
   * @param classes of the paper's data set
   * @param preprocessing of the paper's images
   * @param published the accuracy that its authors report, or null
   */
  public record Model(
      String name,
      Shape input,
      int classes,
      Architecture architecture,
      Preprocessing preprocessing,
      @Nullable Published published) {

    /** A network for ImageNet with images of {@code side} pixels. */
    static Model imagenet(String name, int side, Architecture architecture) {
      Shape image = Shape.of(3, side, side);
      return new Model(name, image, 1000, architecture, Preprocessing.IMAGENET, null);
    }

    /** A network for CIFAR-10. */
    static Model cifar10(String name, Architecture architecture) {
      return new Model(name, Shape.of(3, 32, 32), 10, architecture, Preprocessing.CIFAR, null);
    }

    Model published(double top1, String source) {
      Published accuracy = new Published(top1, source);
      return new Model(name, input, classes, architecture, preprocessing, accuracy);
    }

    Model preprocessed(Preprocessing other) {
      return new Model(name, input, classes, architecture, other, published);
    }

    /** The network as in the paper. */
    public Graph build() {
      return architecture.build(input, classes);
    }

    /**
     * The network for other data.
     *
     * @throws org.convoy.graph.GraphException if the architecture cannot take the input
     */
    public Graph build(Shape input, int classes) {
      return architecture.build(input, classes);
    }
  }

  private static final Map<String, Model> ALL = new LinkedHashMap<>();
  private static final List<List<Model>> FAMILIES = new ArrayList<>();

  static {
    register(LeNet.MODELS);
    register(AlexNet.MODELS);
    register(Vgg.MODELS);
    register(SqueezeNet.MODELS);
    register(NetworkInNetwork.MODELS);
    register(GoogLeNet.MODELS);
    register(InceptionV2.MODELS);
    register(InceptionV3.MODELS);
    register(InceptionV4.MODELS);
    register(InceptionResNetV2.MODELS);
    register(Xception.MODELS);
    register(NasNet.MODELS);
    register(ResNet.MODELS);
    register(CifarResNet.MODELS);
    register(AirBench.MODELS);
    register(PreActivation.MODELS);
    register(ResNeXt.MODELS);
    register(WideResNet.MODELS);
    register(SqueezeExcitation.MODELS);
    register(ResNetD.MODELS);
    register(ResNetRS.MODELS);
    register(DenseNet.MODELS);
    register(CifarDenseNet.MODELS);
    register(MobileNetV1.MODELS);
    register(MobileNetV2.MODELS);
    register(MobileNetV3.MODELS);
    register(MobileNetV4.MODELS);
    register(MnasNet.MODELS);
    register(ShuffleNetV2.MODELS);
    register(EfficientNet.MODELS);
    register(EfficientNetV2.MODELS);
    register(EfficientNetLite.MODELS);
    register(RegNet.MODELS);
    register(ConvNeXt.MODELS);
    register(ConvNeXtV2.MODELS);
    register(VisionTransformer.MODELS);
    register(CoAtNet.MODELS);
    register(KerasResNet.MODELS);
    register(KerasMobileNet.MODELS);
    register(KerasMobileNetV3.MODELS);
    register(KerasEfficientNet.MODELS);
    register(KerasXception.MODELS);
  }

  private Models() {}

  private static void register(List<Model> family) {
    FAMILIES.add(family);
    for (Model model : family) {
      if (ALL.put(model.name(), model) != null) {
        throw new IllegalStateException("two models are named " + model.name());
      }
    }
  }

  /** The models of each paper. */
  public static List<List<Model>> families() {
    return List.copyOf(FAMILIES);
  }

  /** Every model, family by family. */
  public static List<Model> all() {
    return List.copyOf(ALL.values());
  }

  /** Whether {@link #get} knows the name. */
  public static boolean contains(String name) {
    return find(name).isPresent();
  }

  private static Optional<Model> find(String name) {
    Model model = ALL.get(name);
    return Optional.ofNullable(model)
        .or(() -> EfficientNet.scaled(name))
        .or(() -> MbConvSpace.named(name));
  }

  /**
   * The model of this name: one of {@link #all}; EfficientNet of any size, {@code
   * efficientnet_phi_} and a number; or a network of {@link MbConvSpace}.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known names
   */
  public static Model get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "no model is named %s; known models: %s",
                        name,
                        String.join(", ", ALL.keySet()))));
  }
}
