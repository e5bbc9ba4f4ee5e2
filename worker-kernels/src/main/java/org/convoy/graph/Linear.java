package org.convoy.graph;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A matrix product over the channels, the same at every position: {@code y = W x + b}.
 *
 * <p>Parameters: {@code weight} of shape {@code (outFeatures, inFeatures)} and, where {@code bias},
 * {@code bias} of shape {@code (outFeatures)}.
 *
 * @param prefix stands before these two names, empty for most; torch's attention has {@code
 *     in_proj_weight}
 */
public record Linear(
    int outFeatures,
    boolean bias,
    Initializer initializer,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String prefix)
    implements Op {

  public Linear(int outFeatures, boolean bias, Initializer initializer, @Nullable String prefix) {
    this.outFeatures = outFeatures;
    this.bias = bias;
    this.initializer = initializer;
    // Saved models state it only where it is not empty.
    this.prefix = prefix == null ? "" : prefix;
  }

  public Linear(int outFeatures, boolean bias, Initializer initializer) {
    this(outFeatures, bias, initializer, "");
  }

  /** With bias, started as torch does. */
  public static Linear of(int outFeatures) {
    return new Linear(outFeatures, true, new Initializer.FanInUniform());
  }

  public Linear initializer(Initializer initializer) {
    return new Linear(outFeatures, bias, initializer, prefix);
  }

  public Linear prefix(String prefix) {
    return new Linear(outFeatures, bias, initializer, prefix);
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    return Op.only(this, inputs).withChannels(outFeatures);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    Shape weight = Shape.of(outFeatures, inputs.get(0).channels());
    List<ParameterSpec> specs = new ArrayList<>();
    specs.add(new ParameterSpec(prefix + "weight", weight, ParameterKind.WEIGHT, initializer));
    if (bias) {
      specs.add(
          new ParameterSpec(
              prefix + "bias",
              Shape.of(outFeatures),
              ParameterKind.BIAS,
              initializer.forBiasOf(weight)));
    }
    return specs;
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    return infer(inputs).elements() * inputs.get(0).channels();
  }

  @Override
  public String word() {
    return "linear";
  }
}
