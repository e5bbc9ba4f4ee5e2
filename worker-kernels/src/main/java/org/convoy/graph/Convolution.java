package org.convoy.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cross-correlation over 1, 2 or 3 spatial dimensions, which deep-learning libraries call convolution.
 *
 * <p>Parameters: {@code weight} of shape {@code (outChannels, inChannels / groups, kernel...)} and,
 * where {@code bias}, {@code bias} of shape {@code (outChannels)}.
 *
 * @param groups channels are cut into this many groups that do not mix; equal to the input's
 *     channels for a depthwise convolution
 */
public record Convolution(
    int outChannels, Window window, int groups, boolean bias, Initializer initializer)
    implements Op {

  public Convolution {
    if (outChannels < 1 || groups < 1 || outChannels % groups != 0) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "convolution: %d output channels do not divide into %d groups",
              outChannels,
              groups));
    }
  }

  /** A convolution without bias that keeps the size at stride 1, started as He et al. 2015 do. */
  public static Convolution of(int outChannels, int kernel) {
    return new Convolution(
        outChannels,
        Window.square(kernel),
        1,
        false,
        new Initializer.HeNormal(Initializer.Fan.OUT));
  }

  public Convolution stride(int stride) {
    return with(window.stride(stride));
  }

  public Convolution padding(int everySide) {
    return with(window.padding(everySide));
  }

  /** Sets the dilation and the padding that keeps the size at stride 1. */
  public Convolution dilation(int dilation) {
    return with(window.dilation(dilation).padding(dilation * (window.kernel().get(0) - 1) / 2));
  }

  /** Pads as TensorFlow's "same" does over an input of this shape, see {@link Window#same}. */
  public Convolution same(Shape input) {
    return with(window.same(input.spatial()));
  }

  public Convolution groups(int groups) {
    return new Convolution(outChannels, window, groups, bias, initializer);
  }

  public Convolution withBias() {
    return new Convolution(outChannels, window, groups, true, initializer);
  }

  public Convolution initializer(Initializer initializer) {
    return new Convolution(outChannels, window, groups, bias, initializer);
  }

  public Convolution with(Window window) {
    return new Convolution(outChannels, window, groups, bias, initializer);
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (input.channels() % groups != 0) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "convolution: input %s has %d channels, which %d groups do not divide",
              input,
              input.channels(),
              groups));
    }
    if (input.spatialRank() < 1 || input.spatialRank() > 3) {
      throw new GraphException(
          String.format(
              Locale.ROOT, "convolution: input %s must have 1 to 3 spatial dimensions", input));
    }
    return Shape.of(outChannels, window.slide(input.spatial(), false));
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    List<Integer> dimensions =
        new ArrayList<>(List.of(outChannels, inputs.get(0).channels() / groups));
    dimensions.addAll(window.kernel());
    Shape weight = new Shape(dimensions);
    List<ParameterSpec> specs = new ArrayList<>();
    specs.add(new ParameterSpec("weight", weight, ParameterKind.WEIGHT, initializer));
    if (bias) {
      specs.add(
          new ParameterSpec(
              "bias", Shape.of(outChannels), ParameterKind.BIAS, initializer.forBiasOf(weight)));
    }
    return specs;
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    return infer(inputs).elements() * window.taps() * (inputs.get(0).channels() / groups);
  }

  @Override
  public String word() {
    return "conv";
  }
}
