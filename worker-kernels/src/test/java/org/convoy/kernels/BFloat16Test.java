package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.convoy.graph.Parameter;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What every backend computes in bfloat16 is what the reference computes in float64, but for
 * bfloat16's 8 bits. The distance is that of whole tensors: where an input lies next to a kink, or
 * two next to each other under a maximum, single elements of a gradient differ altogether.
 */
class BFloat16Test {
  /** Of a tensor's norm: some roundings of 1 in 512 one after the other, and kinks. */
  private static final double TOLERANCE = 0.05;

  /** The same behind a maximum, whose two largest are often one number in bfloat16. */
  private static final double TOLERANCE_OF_TIES = 0.4;

  /** The least that counts as a tensor's root mean square: sums may cancel. */
  private static final double FLOOR = 0.1;

  private record Result(INDArray output, INDArray slope, INDArray gradients) {}

  @TestFactory
  Stream<DynamicTest> computesWhatTheReferenceComputes() {
    return TestedBackends.all().stream()
        .flatMap(
            backend ->
                Stream.of(SampleNormCases.all(), GeometryCases.all(), AttentionCases.all())
                    .flatMap(List::stream)
                    .map(
                        subject ->
                            DynamicTest.dynamicTest(
                                backend.name() + ": " + subject, () -> check(backend, subject))));
  }

  static void check(Backend backend, Case subject) {
    Result expected = step(Backends.get("nd4j"), subject, Precision.FLOAT64, DataType.DOUBLE);
    Result actual = step(backend, subject, Precision.BFLOAT16, DataType.FLOAT);
    double tolerance = subject.toString().contains("MAX") ? TOLERANCE_OF_TIES : TOLERANCE;
    assertNear("output", expected.output(), actual.output(), TOLERANCE);
    assertNear("input gradient", expected.slope(), actual.slope(), tolerance);
    for (Parameter tensor : subject.layout().all()) {
      assertNear(
          "gradient of " + tensor.name(),
          subject.layout().view(expected.gradients(), tensor),
          subject.layout().view(actual.gradients(), tensor),
          tolerance);
    }
  }

  private static Result step(Backend backend, Case subject, Precision precision, DataType type) {
    INDArray parameters = subject.parameters(type);
    INDArray gradients = parameters.like();
    try (Plan plan = backend.compile(subject.graph(), subject.training(precision))) {
      plan.bind(parameters, gradients);
      plan.input().assign(subject.input(type));
      plan.forward(0);
      plan.backward(subject.slope(type), GradientListener.NONE);
      return new Result(plan.output().dup(), plan.inputGradient().dup(), gradients);
    } catch (UnsupportedOperationException e) {
      return abort("refused: " + e.getMessage());
    }
  }

  private static void assertNear(
      String what, INDArray expected, INDArray actual, double tolerance) {
    double[] wanted = Closeness.doubles(expected);
    double[] got = Closeness.doubles(actual);
    double error = 0;
    double size = 0;
    for (int i = 0; i < wanted.length; i++) {
      error += (wanted[i] - got[i]) * (wanted[i] - got[i]);
      size += wanted[i] * wanted[i];
    }
    double distance =
        Math.sqrt(error / wanted.length) / Math.max(FLOOR, Math.sqrt(size / wanted.length));
    assertTrue(
        distance <= tolerance,
        String.format(
            Locale.ROOT,
            "%s: expected a distance of at most %s, got %s",
            what,
            tolerance,
            distance));
  }
}
