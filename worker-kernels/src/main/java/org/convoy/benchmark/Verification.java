package org.convoy.benchmark;

import org.convoy.graph.Add;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Draws;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Precision;
import org.convoy.kernels.nd4j.Nd4jBackend;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far a backend's training step is from the literal reference in float64.
 *
 * @param output relative error of the logits: the norm of the difference over the norm
 * @param gradient the same of the flat gradient of all trained tensors
 */
public record Verification(double output, double gradient) {
  private static final int BATCH = 4;

  /** How far into the network a residual branch reaches, see {@link #calm}. */
  private static final double BRANCH = 0.1;

  /** The distance that rounding explains: above it, a step is wrong and its speed means nothing. */
  public record Tolerance(double output, double gradient) {
    /**
     * In float32 some hundred roundings of {@code 2^-24}, and far more in gradients, where units at
     * the kink of ReLU flip. In bfloat16 a few tens of {@code 2^-9} in logits; of the gradient, in
     * which the flips weigh more, the direction must still be right.
     */
    public static Tolerance of(Precision precision) {
      return switch (precision) {
        case FLOAT64, FLOAT32 -> new Tolerance(1e-5, 5e-3);
        case BFLOAT16 -> new Tolerance(0.05, 0.4);
      };
    }
  }

  /** Computes one step of a small batch both ways, from equal parameters and images. */
  public static Verification of(Backend backend, Graph graph, Precision precision) {
    try (TrainingStep fast = new TrainingStep(backend, graph, BATCH, precision);
        TrainingStep exact = new TrainingStep(new Nd4jBackend(), graph, BATCH, Precision.FLOAT64)) {
      Draws draws = new Draws(0, "verification");
      fast.fill(draws);
      exact.fill(draws);
      calm(fast);
      calm(exact);
      fast.compute();
      exact.compute();
      return new Verification(
          distance(fast.plan().output(), exact.plan().output()),
          distance(fast.trainedGradient(), exact.trainedGradient()));
    }
  }

  /**
   * Weakens every residual branch that ends in a norm, or in stochastic depth behind one. At
   * initialisation a deep network with batch normalisation over few images amplifies rounding until
   * gradients have nothing in common; close to the identity it does not, and every kernel is still
   * used.
   */
  private static void calm(TrainingStep step) {
    Graph graph = step.plan().graph();
    Parameters layout = step.plan().layout();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Add) {
        Node branch = graph.nodes().get(node.inputs().get(0));
        if (branch.op() instanceof Dropout) {
          branch = graph.nodes().get(branch.inputs().get(0));
        }
        if (branch.op() instanceof BatchNorm) {
          layout.view(step.parameters(), layout.of(graph, branch).get(0)).muli(BRANCH);
        }
      }
    }
    step.plan().parametersChanged();
  }

  public boolean within(Tolerance tolerance) {
    return output <= tolerance.output() && gradient <= tolerance.gradient();
  }

  private static double distance(INDArray approximate, INDArray exact) {
    try (INDArray reference = exact.castTo(DataType.DOUBLE).dup();
        INDArray difference = approximate.castTo(DataType.DOUBLE).sub(reference)) {
      return difference.norm2Number().doubleValue() / reference.norm2Number().doubleValue();
    }
  }
}
