package org.convoy.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The transpose of a {@link Convolution} over 1, 2 or 3 spatial dimensions, torch's ConvTranspose. It does the same as that convolution's data gradient. Each input position adds a window of outputs, {@code
 * y[o, s p + d t - before] += W[i, o, t] x[i, p]}, so the window's stride multiplies the size and
 * its padding is cut off.
 *
 * <p>Parameters: {@code weight} of shape {@code (inChannels, outChannels / groups, kernel...)} and,
 * where {@code bias}, {@code bias} of shape {@code (outChannels)}.
 *
 * @param outputPadding positions added after the last, fewer than the stride. They decide between the input sizes that the convolution maps to the same size. One entry is repeated.
 * @param groups channels are cut into this many groups that do not mix
 */
public record TransposedConvolution(
    int outChannels,
    Window window,
    List<Integer> outputPadding,
    int groups,
    boolean bias,
    Initializer initializer)
    implements Op {

  public TransposedConvolution {
    outputPadding =
        outputPadding.size() == 1
            ? Collections.nCopies(window.rank(), outputPadding.get(0))
            : List.copyOf(outputPadding);
    if (outChannels < 1 || groups < 1 || outChannels % groups != 0) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "transposed convolution: %d output channels do not divide into %d groups",
              outChannels,
              groups));
    }
    boolean fits = outputPadding.size() == window.rank();
    for (int i = 0; fits && i < outputPadding.size(); i++) {
      fits = outputPadding.get(i) >= 0 && outputPadding.get(i) < window.stride().get(i);
    }
    if (!fits) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "transposed convolution: output padding must be at least 0 and less than the stride %s, got %s",
              window.stride(),
              outputPadding));
    }
  }

  /** Stride 1, no padding, no bias, started as torch does. */
  public static TransposedConvolution of(int outChannels, int kernel) {
    return new TransposedConvolution(
        outChannels,
        Window.of(List.of(kernel)),
        List.of(0),
        1,
        false,
        new Initializer.FanInUniform());
  }

  public TransposedConvolution stride(int stride) {
    return with(window.stride(stride));
  }

  public TransposedConvolution padding(int everySide) {
    return with(window.padding(everySide));
  }

  public TransposedConvolution dilation(int dilation) {
    return with(window.dilation(dilation));
  }

  /** The same in every dimension. */
  public TransposedConvolution outputPadding(int behind) {
    List<Integer> everywhere = Collections.nCopies(window.rank(), behind);
    return new TransposedConvolution(outChannels, window, everywhere, groups, bias, initializer);
  }

  public TransposedConvolution groups(int groups) {
    return new TransposedConvolution(outChannels, window, outputPadding, groups, bias, initializer);
  }

  public TransposedConvolution withBias() {
    return new TransposedConvolution(outChannels, window, outputPadding, groups, true, initializer);
  }

  public TransposedConvolution initializer(Initializer initializer) {
    return new TransposedConvolution(outChannels, window, outputPadding, groups, bias, initializer);
  }

  public TransposedConvolution with(Window window) {
    return new TransposedConvolution(outChannels, window, outputPadding, groups, bias, initializer);
  }

  /** This op over {@code rank} dimensions, as {@link Window#forRank}. */
  public TransposedConvolution forRank(int rank) {
    return with(window.forRank(rank));
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (input.channels() % groups != 0) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "transposed convolution: input %s has %d channels, which %d groups do not divide",
              input,
              input.channels(),
              groups));
    }
    if (input.spatialRank() != window.rank() || window.rank() > 3) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "transposed convolution: input %s must have as many spatial dimensions as the window, 1 to 3, got %d",
              input,
              window.rank()));
    }
    List<Integer> spatial = new ArrayList<>();
    for (int i = 0; i < window.rank(); i++) {
      long reach = (long) window.dilation().get(i) * (window.kernel().get(i) - 1) + 1;
      long cut = (long) window.padBefore().get(i) + window.padAfter().get(i);
      long all = (input.spatial().get(i) - 1L) * window.stride().get(i) + reach;
      spatial.add(Math.toIntExact(all - cut + outputPadding.get(i)));
    }
    return Shape.of(outChannels, spatial);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    List<Integer> dimensions =
        new ArrayList<>(List.of(inputs.get(0).channels(), outChannels / groups));
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
    return inputs.get(0).elements() * window.taps() * (outChannels / groups);
  }

  @Override
  public String word() {
    return "transposed_conv";
  }
}
