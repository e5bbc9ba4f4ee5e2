package org.convoy.kernels.nd4j;

import static org.nd4j.linalg.ops.transforms.Transforms.exp;
import static org.nd4j.linalg.ops.transforms.Transforms.max;
import static org.nd4j.linalg.ops.transforms.Transforms.min;
import static org.nd4j.linalg.ops.transforms.Transforms.tanh;

import java.util.List;
import org.convoy.graph.Activate;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The functions and their derivatives, as {@link Activate.Function} defines them. */
record ActivateRule(Activate op) implements Rule {
  private static final double ROOT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  /**
   * The slope of the hard sigmoid. torch uses a float32 constant in every precision; its relative
   * difference from 1/6 is 3e-8.
   */
  private static final double TORCHS_SIXTH = 1f / 6f;

  @Override
  public INDArray forward(Site site) {
    return value(site.input(0));
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    return List.of(derivative(site.input(0)).muli(gradient));
  }

  INDArray value(INDArray x) {
    return switch (op.function()) {
      case RELU -> max(x, 0);
      case RELU6 -> min(max(x, 0), 6);
      case LEAKY_RELU -> max(x, 0).addi(min(x, 0).muli(op.alpha()));
      case ELU -> max(x, 0).addi(exp(min(x, 0)).subi(1).muli(op.alpha()));
      case LINEAR -> x.mul(op.alpha());
      case SIGMOID -> sigmoid(x);
      case TANH -> tanh(x);
      case GELU -> normal(x).muli(x);
      case GELU_TANH -> tanhGate(x).muli(x);
      case SILU -> sigmoid(x).muli(x);
      case HARD_SIGMOID -> hardSigmoid(x);
      case HARD_SWISH -> hardSigmoid(x).muli(x);
    };
  }

  INDArray derivative(INDArray x) {
    return switch (op.function()) {
      case RELU -> where(x.gt(0), x);
      case RELU6 -> within(x, 0, 6);
      case LEAKY_RELU -> where(x.gt(0), x).addi(where(x.lte(0), x).muli(op.alpha()));
      case ELU -> where(x.gt(0), x).addi(exp(min(x, 0)).muli(op.alpha()).muli(where(x.lte(0), x)));
      case LINEAR -> x.ulike().assign(op.alpha());
      case SIGMOID -> derivativeOf(sigmoid(x));
      case TANH -> {
        INDArray y = tanh(x);
        yield y.mul(y).rsubi(1);
      }
      case GELU -> {
        INDArray density = exp(x.mul(x).muli(-0.5)).muli(1 / Math.sqrt(2 * Math.PI));
        yield normal(x).addi(density.muli(x));
      }
      case GELU_TANH -> {
        INDArray gate = tanhGate(x);
        INDArray inner = x.mul(x).muli(3 * CUBIC).addi(1).muli(2 * ROOT_2_OVER_PI);
        yield gate.add(derivativeOf(gate).muli(inner).muli(x));
      }
      case SILU -> {
        INDArray gate = sigmoid(x);
        yield gate.add(derivativeOf(gate).muli(x));
      }
      case HARD_SIGMOID -> within(x, -3, 3).muli(TORCHS_SIXTH);
      case HARD_SWISH -> hardSigmoid(x).addi(within(x, -3, 3).muli(x).muli(1.0 / 6));
    };
  }

  private static INDArray sigmoid(INDArray x) {
    return exp(x.neg()).addi(1).rdivi(1);
  }

  /** The derivative of a sigmoid with respect to its argument, from its value. */
  private static INDArray derivativeOf(INDArray y) {
    return y.rsub(1).muli(y);
  }

  private static INDArray hardSigmoid(INDArray x) {
    return min(max(x.add(3), 0), 6).divi(6);
  }

  /** Phi, the standard normal distribution function. */
  private static INDArray normal(INDArray x) {
    return Nd4j.math().erf(x.mul(Math.sqrt(0.5))).addi(1).muli(0.5);
  }

  /**
   * {@code (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2}, computed as a sigmoid of twice the
   * argument.
   */
  private static INDArray tanhGate(INDArray x) {
    INDArray argument = x.mul(x).muli(CUBIC).addi(1).muli(x).muli(2 * ROOT_2_OVER_PI);
    return sigmoid(argument);
  }

  private static INDArray within(INDArray x, double low, double high) {
    return where(x.gt(low), x).muli(where(x.lt(high), x));
  }

  /** 1 where the condition holds, 0 elsewhere. */
  private static INDArray where(INDArray condition, INDArray like) {
    return condition.castTo(like.dataType());
  }
}
