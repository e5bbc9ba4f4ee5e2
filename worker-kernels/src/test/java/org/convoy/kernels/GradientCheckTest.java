package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import java.util.stream.Stream;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Loss;
import org.convoy.loss.Targets;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The reference's gradients against central differences in float64: for each of {@link Cases} along
 * one random direction of the input and one of each parameter, and for each single weight of a tiny
 * residual network, the loss included.
 */
class GradientCheckTest {
  private static final double STEP = 1e-6;

  /**
   * Of the terms' magnitude: the second derivative's share at this step, and float64's rounding
   * over the step.
   */
  private static final double TOLERANCE = 2e-7;

  @TestFactory
  Stream<DynamicTest> alongOneDirection() {
    return Cases.all()
        .map(subject -> DynamicTest.dynamicTest(subject.toString(), () -> check(subject)));
  }

  private static void check(Case subject) {
    Parameters layout = subject.layout();
    INDArray parameters = subject.parameters(DataType.DOUBLE);
    INDArray gradients = parameters.like();
    INDArray slope = subject.slope(DataType.DOUBLE);
    try (Plan plan =
        Backends.get("nd4j").compile(subject.graph(), subject.training(Precision.FLOAT64))) {
      plan.bind(parameters, gradients);
      plan.input().assign(subject.input(DataType.DOUBLE));
      plan.forward(0);
      plan.backward(slope, GradientListener.NONE);
      along(subject, "input", plan, plan.input(), plan.inputGradient().dup(), slope);
      for (Parameter tensor : layout.all()) {
        if (tensor.kind().trainable()) {
          INDArray gradient = layout.view(gradients, tensor).dup();
          along(subject, tensor.name(), plan, layout.view(parameters, tensor), gradient, slope);
        }
      }
    }
  }

  /**
   * Moves {@code place} both ways along a direction and compares with what the gradient says of it.
   * A kink within a step is no error of the gradient's, so a shorter step decides.
   */
  static void along(
      Case subject, String name, Plan plan, INDArray place, INDArray gradient, INDArray slope) {
    INDArray direction =
        subject.tensor("direction of " + name, place.shape()).castTo(DataType.DOUBLE);
    INDArray terms = gradient.mul(direction);
    double expected = terms.sumNumber().doubleValue();
    double magnitude = Math.max(1, terms.norm2Number().doubleValue());
    double measured = slopeAlong(plan, place, direction.mul(STEP), slope) / STEP;
    if (Math.abs(measured - expected) > TOLERANCE * magnitude) {
      double shorter = STEP / 16;
      measured = slopeAlong(plan, place, direction.mul(shorter), slope) / shorter;
    }
    assertEquals(measured, expected, TOLERANCE * magnitude, name);
  }

  /** Half the change of the output along {@code slope} from one step behind to one step ahead. */
  private static double slopeAlong(Plan plan, INDArray place, INDArray step, INDArray slope) {
    INDArray start = place.dup();
    place.assign(start.add(step));
    plan.forward(0);
    INDArray ahead = plan.output().dup();
    place.assign(start.sub(step));
    plan.forward(0);
    place.assign(start);
    return ahead.subi(plan.output()).mul(slope).sumNumber().doubleValue() / 2;
  }

  @Test
  void everyWeightOfATinyResidualNetwork() {
    Graph graph = Cases.residual(2, 2, 3);
    Case subject = new Case(graph, 3);
    Loss loss = new CrossEntropy(0.1);
    Targets targets = Targets.classes(4, 0, 2);
    float[] weights = {1, 0.5f, 2};
    INDArray parameters = subject.parameters(DataType.DOUBLE);
    INDArray gradients = parameters.like();
    PlanRequest request = PlanRequest.training(3).precision(Precision.FLOAT64);
    try (Plan plan = Backends.get("nd4j").compile(graph, request)) {
      plan.bind(parameters, gradients);
      plan.input().assign(subject.input(DataType.DOUBLE));
      INDArray slope = Nd4j.create(DataType.DOUBLE, 3, 5);
      plan.forward(0);
      loss.evaluate(plan.output(), targets, weights, slope);
      plan.backward(slope, GradientListener.NONE);
      double norm = gradients.norm2Number().doubleValue();
      for (Parameter tensor : plan.layout().all()) {
        for (long i = tensor.offset(); tensor.kind().trainable() && i < tensor.end(); i++) {
          double start = parameters.getDouble(i);
          parameters.putScalar(i, start + STEP);
          plan.forward(0);
          double above = loss.evaluate(plan.output(), targets, weights, slope);
          parameters.putScalar(i, start - STEP);
          plan.forward(0);
          double below = loss.evaluate(plan.output(), targets, weights, slope);
          parameters.putScalar(i, start);
          String element =
              String.format(
                  Locale.ROOT, "%s[%d], seed %d", tensor.name(), i - tensor.offset(), Case.SEED);
          assertEquals((above - below) / (2 * STEP), gradients.getDouble(i), 1e-7 * norm, element);
        }
      }
    }
  }
}
