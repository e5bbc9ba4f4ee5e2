package org.convoy.graph;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.convoy.graph.Activate.Function;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation (Ioffe and Szegedy 2015): each channel minus its mean over batch and positions, divided by the root of its biased variance plus epsilon, then scaled and shifted. Evaluation uses the running statistics instead. Momentum is torch's: running = (1 - momentum)
 * running + momentum batch; the running variance is unbiased.
 *
 * <p>The fused form also adds its second input, if it has one, and then applies an activation. {@link org.convoy.graph.Fusion} makes it from a norm, an addition and an activation that follow each other.
 *
 * <p>Parameters, each of shape {@code (channels)}: {@code weight}, {@code bias}, {@code
 * running_mean}, {@code running_var}.
 *
 * @param fused the activation that follows within this op, or null
 */
// Saved models are never fused; older ones have a field that states this.
@JsonIgnoreProperties("relu")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BatchNorm(double epsilon, double momentum, @Nullable Function fused) implements Op {

  public BatchNorm {
    if (!(epsilon > 0) || !(momentum >= 0 && momentum <= 1)) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "norm: epsilon must be positive and momentum within [0, 1], got %s and %s",
              epsilon,
              momentum));
    }
  }

  public BatchNorm(double epsilon, double momentum) {
    this(epsilon, momentum, null);
  }

  /** torch's defaults: epsilon 1e-5, momentum 0.1. */
  public static BatchNorm standard() {
    return new BatchNorm(1e-5, 0.1);
  }

  /**
   * @param function one without parameters of its own
   */
  public BatchNorm followedBy(Function function) {
    return new BatchNorm(epsilon, momentum, function);
  }

  /** The activation that follows within this op. */
  public Optional<Function> activation() {
    return Optional.ofNullable(fused);
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    if (inputs.isEmpty() || inputs.size() > 2) {
      throw new GraphException("norm takes one input, or two where it adds, got " + inputs.size());
    }
    if (inputs.size() == 2 && !inputs.get(0).equals(inputs.get(1))) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "norm: both inputs must have one shape, got %s and %s",
              inputs.get(0),
              inputs.get(1)));
    }
    return inputs.get(0);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    Shape channels = Shape.of(inputs.get(0).channels());
    Initializer zero = new Initializer.Constant(0);
    Initializer one = new Initializer.Constant(1);
    return List.of(
        new ParameterSpec("weight", channels, ParameterKind.NORM_SCALE, one),
        new ParameterSpec("bias", channels, ParameterKind.NORM_SHIFT, zero),
        new ParameterSpec("running_mean", channels, ParameterKind.RUNNING_STATISTIC, zero),
        new ParameterSpec("running_var", channels, ParameterKind.RUNNING_STATISTIC, one));
  }

  @Override
  public String word() {
    return "norm";
  }
}
