package org.convoy.kernels;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Loss;
import org.convoy.loss.Targets;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a golden's network computes in float64, section by section and so with everything that
 * passes between the sections: an evaluation and a training step.
 */
final class ExactStep implements AutoCloseable {
  /** Nodes of a section, at least. */
  private static final int SECTION = 8;

  /**
   * One section and what it reads and makes in training.
   *
   * @param parameters float32, for plans that are held against this; all others are float64
   * @param slope the gradient of the output
   */
  record Section(
      Graph graph,
      INDArray parameters,
      INDArray input,
      INDArray output,
      INDArray slope,
      INDArray inputSlope,
      INDArray gradients) {

    Parameters layout() {
      return Parameters.of(graph);
    }
  }

  static final Loss LOSS = new CrossEntropy(0.1);
  private static final Backend REFERENCE = Backends.get("nd4j");

  private final List<Section> sections;
  private final INDArray evaluated;
  private final double loss;

  private ExactStep(List<Section> sections, INDArray evaluated, double loss) {
    this.sections = sections;
    this.evaluated = evaluated;
    this.loss = loss;
  }

  static ExactStep of(Golden golden) {
    INDArray evaluated = golden.images(DataType.DOUBLE);
    INDArray trained = evaluated;
    Deque<Open> open = new ArrayDeque<>();
    for (Graph graph : Sections.of(golden.graph(), SECTION)) {
      INDArray parameters = Golden.parameters(Parameters.of(graph), DataType.DOUBLE);
      evaluated = evaluate(graph, parameters, evaluated);
      Open section = Open.of(graph, golden.batch(), parameters);
      trained = section.forward(trained);
      open.push(section);
    }
    INDArray slope = trained.ulike();
    double loss = LOSS.evaluate(trained, targets(golden), weights(golden), slope);
    List<Section> sections = new ArrayList<>();
    while (!open.isEmpty()) {
      sections.add(0, open.pop().backward(slope));
      slope = sections.get(0).inputSlope();
    }
    return new ExactStep(sections, evaluated, loss);
  }

  private static INDArray evaluate(Graph graph, INDArray parameters, INDArray input) {
    int batch = Math.toIntExact(input.size(0));
    PlanRequest request = PlanRequest.inference(batch).precision(Precision.FLOAT64);
    try (Plan plan = REFERENCE.compile(graph, request)) {
      plan.bind(parameters, parameters);
      plan.input().assign(input);
      plan.forward(0);
      return plan.output().dup();
    }
  }

  static Targets targets(Golden golden) {
    return Targets.classes(golden.labels());
  }

  static float[] weights(Golden golden) {
    return Nd4j.ones(golden.batch()).toFloatVector();
  }

  List<Section> sections() {
    return sections;
  }

  /** The logits of the evaluation. */
  INDArray evaluated() {
    return evaluated;
  }

  /** The logits of the training step. */
  INDArray logits() {
    return last().output();
  }

  double loss() {
    return loss;
  }

  /** The norm of the loss's gradient by the logits. */
  double slope() {
    return last().slope().norm2Number().doubleValue();
  }

  private Section last() {
    return sections.get(sections.size() - 1);
  }

  /** The whole network's parameters, float32. */
  INDArray parameters(Parameters layout) {
    INDArray whole = Nd4j.createUninitialized(DataType.FLOAT, layout.length());
    for (Section section : sections) {
      Parameters part = section.layout();
      for (Parameter tensor : part.all()) {
        layout
            .view(whole, layout.get(tensor.name()))
            .assign(part.view(section.parameters(), tensor));
      }
    }
    return whole;
  }

  @Override
  public void close() {
    for (Section section : sections) {
      section.parameters().close();
      section.gradients().close();
    }
  }

  /** A section between its forward and its backward. */
  private record Open(Plan plan, INDArray parameters, INDArray gradients) {

    static Open of(Graph graph, int batch, INDArray parameters) {
      PlanRequest request = PlanRequest.training(batch).precision(Precision.FLOAT64);
      Plan plan = REFERENCE.compile(graph, request.withInputGradient());
      INDArray gradients = parameters.ulike();
      plan.bind(parameters, gradients);
      return new Open(plan, parameters, gradients);
    }

    INDArray forward(INDArray input) {
      plan.input().assign(input);
      plan.forward(0);
      return plan.output();
    }

    Section backward(INDArray slope) {
      plan.backward(slope, GradientListener.NONE);
      Section done =
          new Section(
              plan.graph(),
              parameters.castTo(DataType.FLOAT),
              plan.input().dup(),
              plan.output().dup(),
              slope,
              plan.inputGradient().dup(),
              gradients);
      plan.close();
      parameters.close();
      return done;
    }
  }
}
