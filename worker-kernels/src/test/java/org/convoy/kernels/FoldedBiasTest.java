package org.convoy.kernels;

import static org.convoy.kernels.Closeness.assertClose;

import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A bias in front of a norm, which inference folds with it. No case of the contract, as such a bias
 * has no gradient but rounding.
 */
class FoldedBiasTest {
  @Test
  void foldsWithItsNorm() {
    Value x = Value.input(Shape.of(3, 6, 5)).conv("a", Convolution.of(33, 3).withBias());
    Case subject = new Case(x.norm("an").activate(Function.SILU).graph("bias and norm"), 3);
    INDArray expected = output(Backends.get("nd4j"), subject, Precision.FLOAT64);
    INDArray actual = output(Backends.get("onednn"), subject, Precision.FLOAT32);
    assertClose("output", expected, actual, 2e-5, 0.1);
  }

  private static INDArray output(Backend backend, Case subject, Precision precision) {
    DataType type = precision.vectors();
    INDArray parameters = subject.parameters(type);
    Graph graph = subject.graph();
    try (Plan plan = backend.compile(graph, subject.inference(precision))) {
      plan.bind(parameters, parameters);
      plan.input().assign(subject.input(type));
      plan.forward(0);
      return plan.output().dup();
    }
  }
}
