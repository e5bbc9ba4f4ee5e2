package org.convoy.models;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;

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
   */
  public record Model(String name, Shape input, int classes, Architecture architecture) {
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

  static {
    register(LeNet.MODELS);
    register(CifarResNet.MODELS);
    register(ResNet.MODELS);
    register(DenseNet.MODELS);
    register(GoogLeNet.MODELS);
    register(AlexNet.MODELS);
    register(Vgg.MODELS);
    register(ConvNeXt.MODELS);
    register(MobileNetV2.MODELS);
    register(MobileNetV3.MODELS);
    register(EfficientNet.MODELS);
  }

  private Models() {}

  private static void register(List<Model> family) {
    for (Model model : family) {
      if (ALL.put(model.name(), model) != null) {
        throw new IllegalStateException("two models are named " + model.name());
      }
    }
  }

  /** Every model, family by family. */
  public static List<Model> all() {
    return List.copyOf(ALL.values());
  }

  public static boolean contains(String name) {
    return ALL.containsKey(name);
  }

  /**
   * The model of this name.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known names
   */
  public static Model get(String name) {
    Model model = ALL.get(name);
    if (model == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no model is named %s; known models: %s",
              name,
              String.join(", ", ALL.keySet())));
    }
    return model;
  }
}
