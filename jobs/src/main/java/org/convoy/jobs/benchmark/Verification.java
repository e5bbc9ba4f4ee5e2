package org.convoy.jobs.benchmark;

import org.convoy.graph.Add;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Draws;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Choices;
import org.convoy.kernels.Mode;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.nd4j.Nd4jBackend;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How far a backend's step is from the literal reference in float64, and how far rounding may take
 * it.
 *
 * @param output relative error of the logits: the norm of the difference over the norm
 * @param gradient the same of the flat gradient of all trained tensors; 0 of an inference step,
 *     which has none
 * @param cosine of the angle between the two flat gradients; 1 of an inference step
 * @param allowed the distance that rounding explains: above it, a step is wrong and its speed means
 *     nothing
 */
public record Verification(double output, double gradient, double cosine, Tolerance allowed) {
  private static final int BATCH = 4;

  /** How far into the network a residual branch reaches, see {@link #calm}. */
  private static final double BRANCH = 0.1;

  /**
   * Distances.
   *
   * <p>In float32 some hundred roundings of {@code 2^-24} of logits, and far more of gradients,
   * where units at the kink of ReLU flip. In bfloat16 networks differ too much for one number: the
   * reference computes the step in bfloat16 once more, and a plan may be {@value #MULTIPLE} times
   * as far as that is. The greater part of a gradient must be right, if that much is right of the
   * reference's: rounding can take a deep network's gradient further than its own length. And it
   * must keep the exact one's direction half as well as the reference's does.
   *
   * @param output at most
   * @param gradient at most
   * @param cosine at least
   */
  public record Tolerance(double output, double gradient, double cosine) {
    private static final double MULTIPLE = 2;
    private static final double GREATER_PART = 0.7;
    private static final Tolerance FLOAT32 = new Tolerance(1e-5, 5e-3, 0);

    private static Tolerance ofReference(double output, double gradient, double cosine) {
      double most = gradient < GREATER_PART ? GREATER_PART : Double.POSITIVE_INFINITY;
      return new Tolerance(
          MULTIPLE * output, Math.min(most, MULTIPLE * gradient), cosine / MULTIPLE);
    }
  }

  /**
   * Computes one step of a small batch on both, from equal parameters, running statistics and
   * images.
   *
   * @param timed what is to be timed; its batch is ignored, its choices are held against the
   *     reference
   */
  public static Verification of(Backend backend, Graph graph, PlanRequest timed) {
    PlanRequest tried = timed.batch(BATCH);
    PlanRequest literal = tried.precision(Precision.FLOAT64).choices(Choices.NONE);
    return timed.mode() == Mode.TRAINING
        ? ofTraining(backend, graph, tried, literal)
        : ofInference(backend, graph, tried, literal);
  }

  private static Verification ofTraining(
      Backend backend, Graph graph, PlanRequest tried, PlanRequest literal) {
    Backend reference = new Nd4jBackend();
    try (TrainingStep exact = computed(reference, graph, literal);
        TrainingStep fast = computed(backend, graph, tried)) {
      Tolerance allowed = Tolerance.FLOAT32;
      if (tried.precision() == Precision.BFLOAT16) {
        PlanRequest rounding = literal.precision(Precision.BFLOAT16);
        try (TrainingStep rounded = computed(reference, graph, rounding)) {
          allowed =
              Tolerance.ofReference(
                  distance(rounded.plan().output(), exact.plan().output()),
                  distance(rounded.trainedGradient(), exact.trainedGradient()),
                  cosine(rounded.trainedGradient(), exact.trainedGradient()));
        }
      }
      return new Verification(
          distance(fast.plan().output(), exact.plan().output()),
          distance(fast.trainedGradient(), exact.trainedGradient()),
          cosine(fast.trainedGradient(), exact.trainedGradient()),
          allowed);
    }
  }

  private static TrainingStep computed(Backend backend, Graph graph, PlanRequest request) {
    TrainingStep step = new TrainingStep(backend, graph, request);
    step.fill(new Draws(0, "verification"));
    calm(step.plan(), step.parameters());
    step.compute();
    return step;
  }

  private static Verification ofInference(
      Backend backend, Graph graph, PlanRequest tried, PlanRequest literal) {
    Backend reference = new Nd4jBackend();
    try (INDArray fast = logits(backend, graph, tried);
        INDArray exact = logits(reference, graph, literal)) {
      Tolerance allowed = Tolerance.FLOAT32;
      if (tried.precision() == Precision.BFLOAT16) {
        PlanRequest rounding = literal.precision(Precision.BFLOAT16);
        try (INDArray rounded = logits(reference, graph, rounding)) {
          allowed = Tolerance.ofReference(distance(rounded, exact), 0, 0);
        }
      }
      return new Verification(distance(fast, exact), 0, 1, allowed);
    }
  }

  private static INDArray logits(Backend backend, Graph graph, PlanRequest request) {
    Parameters layout = Parameters.of(graph);
    try (INDArray parameters = layout.initialize(0, request.precision().vectors());
        Plan plan = backend.compile(graph, request)) {
      plan.bind(parameters, parameters);
      season(plan, parameters);
      calm(plan, parameters);
      TrainingStep.paint(plan, new Draws(0, "verification"));
      plan.forward(0);
      return plan.output().dup();
    }
  }

  /** Running means and variances other than the 0 and 1 that they start from. */
  private static void season(Plan plan, INDArray parameters) {
    Parameters layout = plan.layout();
    Draws draws = new Draws(0, "statistics");
    for (Node node : plan.graph().nodes()) {
      if (node.op() instanceof BatchNorm) {
        Parameter mean = layout.of(plan.graph(), node).get(2);
        Parameter variance = layout.of(plan.graph(), node).get(3);
        for (long c = 0; c < mean.length(); c++) {
          parameters.putScalar(mean.offset() + c, (float) (0.1 * draws.normal(mean.offset() + c)));
          double spread = 0.5 + draws.uniform(variance.offset() + c);
          parameters.putScalar(variance.offset() + c, (float) spread);
        }
      }
    }
  }

  /**
   * Weakens every residual branch that ends in a norm, or in stochastic depth behind one. At
   * initialisation a deep network with batch normalisation over few images amplifies rounding until
   * gradients have nothing in common; close to the identity it does not, and every kernel is still
   * used.
   */
  private static void calm(Plan plan, INDArray parameters) {
    Graph graph = plan.graph();
    Parameters layout = plan.layout();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Add) {
        Node branch = graph.nodes().get(node.inputs().get(0));
        if (branch.op() instanceof Dropout) {
          branch = graph.nodes().get(branch.inputs().get(0));
        }
        if (branch.op() instanceof BatchNorm) {
          layout.view(parameters, layout.of(graph, branch).get(0)).muli(BRANCH);
        }
      }
    }
    plan.parametersChanged();
  }

  /** Whether rounding explains the distance. */
  public boolean holds() {
    return output <= allowed.output()
        && gradient <= allowed.gradient()
        && cosine >= allowed.cosine();
  }

  private static double distance(INDArray approximate, INDArray exact) {
    try (INDArray reference = doubles(exact);
        INDArray difference = doubles(approximate)) {
      difference.subi(reference);
      return difference.norm2Number().doubleValue() / reference.norm2Number().doubleValue();
    }
  }

  private static double cosine(INDArray approximate, INDArray exact) {
    try (INDArray one = doubles(exact);
        INDArray other = doubles(approximate)) {
      double lengths = one.norm2Number().doubleValue() * other.norm2Number().doubleValue();
      return Nd4j.getBlasWrapper().dot(one, other) / lengths;
    }
  }

  /** A copy, which the caller closes. */
  private static INDArray doubles(INDArray values) {
    return values.dataType() == DataType.DOUBLE ? values.dup() : values.castTo(DataType.DOUBLE);
  }
}
