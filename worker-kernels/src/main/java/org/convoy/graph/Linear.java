package org.convoy.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * A matrix product over the channels, the same at every position: {@code y = W x + b}.
 *
 * <p>Parameters: {@code weight} of shape {@code (outFeatures, inFeatures)} and, where {@code bias},
 * {@code bias} of shape {@code (outFeatures)}.
 */
public record Linear(int outFeatures, boolean bias, Initializer initializer) implements Op {

  /** With bias, started as torch does. */
  public static Linear of(int outFeatures) {
    return new Linear(outFeatures, true, new Initializer.FanInUniform());
  }

  public Linear initializer(Initializer initializer) {
    return new Linear(outFeatures, bias, initializer);
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    return Op.only(this, inputs).withChannels(outFeatures);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    Shape weight = Shape.of(outFeatures, inputs.get(0).channels());
    List<ParameterSpec> specs = new ArrayList<>();
    specs.add(new ParameterSpec("weight", weight, ParameterKind.WEIGHT, initializer));
    if (bias) {
      specs.add(
          new ParameterSpec(
              "bias", Shape.of(outFeatures), ParameterKind.BIAS, initializer.forBiasOf(weight)));
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
