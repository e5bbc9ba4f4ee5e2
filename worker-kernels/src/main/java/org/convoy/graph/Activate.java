package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * An activation function, element by element.
 *
 * @param alpha the slope below zero of {@code LEAKY_RELU}, the scale of {@code ELU}, the factor of
 *     {@code LINEAR}; 0 for the others
 */
public record Activate(Function function, double alpha) implements Op {

  /** As torch defines them. */
  public enum Function {
    /** max(x, 0) */
    RELU,
    /** min(max(x, 0), 6) */
    RELU6,
    /** x above zero, alpha x below */
    LEAKY_RELU,
    /** x above zero, alpha (exp(x) - 1) below */
    ELU,
    /** 1 / (1 + exp(-x)) */
    SIGMOID,
    TANH,
    /** x Phi(x), Phi the standard normal distribution function */
    GELU,
    /** GELU's approximation by tanh (Hendrycks and Gimpel 2016) */
    GELU_TANH,
    /** x sigmoid(x), also called swish */
    SILU,
    /** alpha x */
    LINEAR,
    /** relu6(x + 3) / 6 */
    HARD_SIGMOID,
    /** x relu6(x + 3) / 6 */
    HARD_SWISH
  }

  public static Activate of(Function function) {
    return new Activate(function, 0);
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    return Op.only(this, inputs);
  }

  @Override
  public String word() {
    return function.name().toLowerCase(Locale.ROOT);
  }
}
