package org.convoy.artifact.weights;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Keras calls the variables of its layers. */
final class KerasVariables {
  private static final Map<String, String> NAMES =
      Map.of(
          "kernel", "weight",
          "depthwise_kernel", "weight",
          "pointwise_kernel", "pointwise.weight",
          "gamma", "weight",
          "bias", "bias",
          "beta", "bias",
          "moving_mean", "running_mean",
          "moving_variance", "running_var");

  private static final List<String> OF_NORM =
      List.of("gamma", "beta", "moving_mean", "moving_variance");

  private static final Map<String, List<String>> OF_CLASS =
      Map.of(
          "depthwise", List.of("depthwise_kernel", "bias"),
          "separable", List.of("depthwise_kernel", "pointwise_kernel", "bias"));

  private static final List<String> OF_OTHERS = List.of("kernel", "bias");

  private KerasVariables() {}

  /** What PyTorch calls a variable; empty for one that no network here has. */
  static Optional<String> name(String variable) {
    return Optional.ofNullable(NAMES.get(variable));
  }

  /**
   * The variables of a layer in the order in which Keras 3 numbers them.
   *
   * @param group the layer's class as its group is called, for example {@code separable_conv2d_3}
   * @param count of the layer's variables; a norm has four
   */
  static List<String> ofClass(String group, int count) {
    return count == OF_NORM.size()
        ? OF_NORM
        : OF_CLASS.getOrDefault(group.replaceFirst("_.*", ""), OF_OTHERS);
  }
}
