package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.convoy.kernels.cudnn.Emulated;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * No index of a kernel for GPUs reads what another one writes: from the last index to the first the
 * bytes are the same as from the first to the last.
 */
class KernelOrderTest {

  @TestFactory
  Stream<DynamicTest> theOrderOfIndicesDoesNotMatter() {
    return Cases.all()
        .map(
            subject ->
                DynamicTest.dynamicTest(
                    subject.toString(),
                    () ->
                        assertArrayEquals(
                            step(Emulated.upwards(), subject),
                            step(Emulated.downwards(), subject))));
  }

  private static double[] step(Backend backend, Case subject) {
    assumeTrue(
        backend.unavailable().isEmpty(), () -> "needs " + backend.unavailable().orElseThrow());
    INDArray parameters = subject.parameters(DataType.FLOAT);
    INDArray gradients = parameters.like();
    try (Plan plan = backend.compile(subject.graph(), subject.training(Precision.BFLOAT16))) {
      plan.bind(parameters, gradients);
      plan.input().assign(subject.input(DataType.FLOAT));
      plan.forward(0);
      plan.backward(subject.slope(DataType.FLOAT), GradientListener.NONE);
      return Stream.of(plan.output(), plan.inputGradient(), gradients)
          .flatMapToDouble(array -> Arrays.stream(Closeness.doubles(array)))
          .toArray();
    } catch (UnsupportedOperationException e) {
      return abort("refused: " + e.getMessage());
    }
  }
}
