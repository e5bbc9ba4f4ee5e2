package org.convoy.graph;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * Gives the initial values of a tensor. Element i depends only on the seed, the tensor's name and
 * i, with arithmetic as {@link StrictMath} defines it. So every machine starts from the same bytes.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "init")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Initializer.Constant.class, name = "constant"),
  @JsonSubTypes.Type(value = Initializer.HeNormal.class, name = "he-normal"),
  @JsonSubTypes.Type(value = Initializer.FanInUniform.class, name = "fan-in-uniform"),
  @JsonSubTypes.Type(value = Initializer.Uniform.class, name = "uniform"),
  @JsonSubTypes.Type(value = Initializer.Normal.class, name = "normal"),
  @JsonSubTypes.Type(value = Initializer.NormalWithBias.class, name = "normal-with-bias"),
  @JsonSubTypes.Type(value = Initializer.Signs.class, name = "signs"),
  @JsonSubTypes.Type(value = Initializer.Dirac.class, name = "dirac"),
  @JsonSubTypes.Type(value = Initializer.Whitening.class, name = "whitening"),
})
public sealed interface Initializer {

  /**
   * The value of element {@code index} of a tensor of this shape. {@code key} holds the tensor's
   * name and the seed.
   */
  double draw(Draws key, long index, Shape shape);

  /** The initializer of the bias that belongs to a weight of shape {@code weight}. */
  default Initializer forBiasOf(Shape weight) {
    return new Constant(0);
  }

  /** The side of a weight that is counted. */
  enum Fan {
    /** The inputs of one output. */
    IN,
    /** The outputs that one input reaches, without regard to stride and groups, as in torch. */
    OUT;

    double of(Shape weight) {
      int side = weight.dimension(this == IN ? 1 : 0);
      return (double) side * weight.elements() / weight.dimension(0) / weight.dimension(1);
    }
  }

  /** The same number for all elements. */
  record Constant(double value) implements Initializer {
    @Override
    public double draw(Draws key, long index, Shape shape) {
      return value;
    }
  }

  /** Normal of variance 2 / fan (He et al. 2015, equation 10 for IN, 14 for OUT). */
  record HeNormal(Fan fan) implements Initializer {
    @Override
    public double draw(Draws key, long index, Shape shape) {
      return Math.sqrt(2.0 / fan.of(shape)) * key.normal(index);
    }
  }

  /** Uniform within 1 / sqrt(inputs), of weight and bias alike: torch's default. */
  record FanInUniform() implements Initializer {
    @Override
    public double draw(Draws key, long index, Shape shape) {
      return (2 * key.uniform(index) - 1) / Math.sqrt(Fan.IN.of(shape));
    }

    @Override
    public Initializer forBiasOf(Shape weight) {
      return new Uniform(1 / Math.sqrt(Fan.IN.of(weight)));
    }
  }

  /** Uniform within {@code bound}. */
  record Uniform(double bound) implements Initializer {
    @Override
    public double draw(Draws key, long index, Shape shape) {
      return (2 * key.uniform(index) - 1) * bound;
    }
  }

  /** Normal around zero. */
  record Normal(double deviation) implements Initializer {
    @Override
    public double draw(Draws key, long index, Shape shape) {
      return deviation * key.normal(index);
    }
  }

  /** +1 or -1, each as often. */
  record Signs() implements Initializer {
    @Override
    public double draw(Draws key, long index, Shape shape) {
      return key.uniform(index) < 0.5 ? -1 : 1;
    }
  }

  /**
   * The identity on as many filters as there are input channels, torch's default on the others
   * (Jordan 2024, arXiv 2404.00498, section 3.1). For convolutions without groups.
   */
  record Dirac() implements Initializer {
    private static final Initializer OTHERS = new FanInUniform();

    @Override
    public double draw(Draws key, long index, Shape shape) {
      long filter = shape.elements() / shape.dimension(0);
      long out = index / filter;
      if (out >= shape.dimension(1)) {
        return OTHERS.draw(key, index, shape);
      }
      long taps = filter / shape.dimension(1);
      long centre = 0;
      for (int i = 2; i < shape.dimensions().size(); i++) {
        centre = centre * shape.dimension(i) + shape.dimension(i) / 2;
      }
      return index % filter == out * taps + centre ? 1 : 0;
    }
  }

  /**
   * For a convolution that whitens patches of the network's input: training replaces the weights by
   * what it computes from images. Without images they are torch's default, and so is the bias.
   *
   * @param epsilon is added to the variances
   */
  record Whitening(double epsilon) implements Initializer {
    private static final Initializer PLAIN = new FanInUniform();

    @Override
    public double draw(Draws key, long index, Shape shape) {
      return PLAIN.draw(key, index, shape);
    }

    @Override
    public Initializer forBiasOf(Shape weight) {
      return PLAIN.forBiasOf(weight);
    }
  }

  /** Normal around zero; the bias starts at a number of its own. */
  record NormalWithBias(double deviation, double bias) implements Initializer {
    @Override
    public double draw(Draws key, long index, Shape shape) {
      return deviation * key.normal(index);
    }

    @Override
    public Initializer forBiasOf(Shape weight) {
      return new Constant(bias);
    }
  }
}
