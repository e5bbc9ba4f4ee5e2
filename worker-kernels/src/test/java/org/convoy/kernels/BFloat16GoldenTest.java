package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every model that has a file in the oracle folder computes in bfloat16 what torchvision's computes
 * in float64, on every backend, as far as 8 bits allow. The reference computes every value of the
 * file once more in float64, within {@value GoldenTest#DOUBLE}, and with it whole tensors and what
 * passes between sections of the network; distances are norms of differences, relative.
 *
 * <p><b>In sections</b>, of residual blocks or of a few layers, each reading exact values and exact
 * gradients, rounding stays small and {@link Roundings} derives what it does from the section's ops
 * alone. Every backend may be {@value #SECTION_MULTIPLE} times as far (seen: 1.8) and never {@value
 * #HALF}, for results, moments and gradients: of the section's input, of each weight, of all
 * vectors together. Biases, factors and shifts of norms are not held one by one, for their
 * gradients are sums in which almost everything may cancel: the first norm of DenseNet has another
 * behind it that undoes its factors, and is wrong by 11 times itself.
 *
 * <p><b>As a whole</b>, networks amplify. PyTorch's float32 run, of which the file says how far it
 * is off, tells by how much: a rounding to 8 bits is {@code 2^16} times one to 24, and the error of
 * the reference's logits and moments in bfloat16 at most so many times as large; less, as sums are
 * float32 in both. And no error may be {@value #HALF}: of zeros it is 1, of a wrong sign 2. The
 * reference's own errors, e, then judge the others, which may be {@value #MULTIPLE} e away (seen:
 * 1.1). The loss moves with its gradient by the logits: an error that has nothing to do with that
 * gradient moves it by the gradient's norm times the root mean square of a logit's error, and it
 * may be {@value #LOSS_SHARES} times that.
 *
 * <p>Of the whole gradient the greater part must be right, and of the median tensor's: {@value
 * #HALF} on the reference, {@value #GREATER_PART} or {@value #MULTIPLE} e on the others. But kinks
 * make an error of s one of the order of sqrt(s), {@code 2^8} times float32's. Where that leaves
 * nothing, in DenseNet, GoogLeNet, MobileNetV2 and ResNet-50 (over four images their batch norms
 * amplify most), the reference is {@code e = 0.8} to 1.3 away itself. There only the direction of
 * the whole is held, to a cosine of half the reference's, and the sections have the say.
 */
class BFloat16GoldenTest {
  /** A rounding to 8 bits over one to 24 bits. */
  private static final double COARSER = 0x1p16;

  private static final double HALF = 0.5;

  /** Of a vector, if its error is at right angles to it: half of its square. */
  private static final double GREATER_PART = 0.7;

  private static final double MULTIPLE = 2;

  private static final double SECTION_MULTIPLE = 2;

  private static final double LOSS_SHARES = 4;

  /**
   * Relative errors of one step.
   *
   * @param gradient of all parameters together
   * @param median over the gradients of the tensors
   * @param cosine between the gradient of all parameters and the exact one
   */
  private record Errors(
      double evaluated, double logits, double loss, double gradient, double median, double cosine) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "eval %.4f, train %.4f, loss %.4f, gradient %.3f, its median %.3f, its cosine %.3f",
          evaluated,
          logits,
          loss,
          gradient,
          median,
          cosine);
    }
  }

  @TestFactory
  Stream<DynamicTest> everyModelComputesWhatTorchvisionDoes() {
    return Golden.files()
        .filter(file -> Models.contains(Golden.modelOf(file)))
        .map(file -> DynamicTest.dynamicTest(Golden.modelOf(file), () -> check(Golden.read(file))));
  }

  private static void check(Golden golden) {
    try (ExactStep exact = ExactStep.of(golden)) {
      isWhatTheFileSays(golden, exact);
      Optional<Errors> reference = Optional.empty();
      for (Backend backend : referenceFirst()) {
        Comparison inSections = new Comparison(e -> e);
        exact.sections().forEach(section -> section(golden, section, backend, inSections));
        Comparison whole = new Comparison(e -> e);
        Errors errors = whole(golden, exact, backend, reference, whole);
        System.out.printf(
            Locale.ROOT,
            "%s on %s: %s%n  in sections %s%n  as a whole %s%n",
            golden.model(),
            backend.name(),
            errors,
            inSections.summary(),
            whole.summary());
        inSections.assertHolds();
        whole.assertHolds();
        reference = Optional.of(errors);
      }
    }
  }

  private static List<Backend> referenceFirst() {
    Backend reference = Backends.get("nd4j");
    List<Backend> backends = new ArrayList<>(TestedBackends.registered());
    backends.remove(reference);
    backends.add(0, reference);
    return backends;
  }

  private static void isWhatTheFileSays(Golden golden, ExactStep exact) {
    Comparison comparison = new Comparison(e -> GoldenTest.DOUBLE);
    JsonNode train = golden.json().get("train");
    comparison.rows("eval", exact.evaluated(), golden.json().get("eval"), 0);
    comparison.rows("train", exact.logits(), train, 0);
    comparison.number("loss", exact.loss(), train.get("loss").asDouble(), 0);
    int gradients = 0;
    for (ExactStep.Section section : exact.sections()) {
      Parameters layout = section.layout();
      for (Parameter tensor : trained(golden, layout)) {
        JsonNode expected = golden.json().get("gradients").get(tensor.name());
        comparison.tensor(tensor.name(), layout.view(section.gradients(), tensor), expected, 0);
        gradients++;
      }
    }
    comparison.assertHolds();
    assertEquals(golden.json().get("gradients").size(), gradients, "gradients compared");
  }

  /** The tensors whose gradients are in the file: not a bias in front of a norm, which has none. */
  private static List<Parameter> trained(Golden golden, Parameters layout) {
    JsonNode gradients = golden.json().get("gradients");
    return layout.all().stream().filter(tensor -> gradients.has(tensor.name())).toList();
  }

  private static Errors whole(
      Golden golden,
      ExactStep exact,
      Backend backend,
      Optional<Errors> reference,
      Comparison comparison) {
    Graph graph = golden.graph();
    Parameters layout = Parameters.of(graph);
    try (INDArray parameters = exact.parameters(layout);
        INDArray gradients = parameters.ulike()) {
      double evaluated;
      PlanRequest inference = PlanRequest.inference(golden.batch()).precision(Precision.BFLOAT16);
      try (Plan plan = backend.compile(graph, inference)) {
        plan.bind(parameters, parameters);
        plan.input().assign(golden.images(DataType.FLOAT));
        plan.forward(0);
        evaluated = Distance.of(plan.output(), exact.evaluated());
      }
      Errors errors;
      PlanRequest training = PlanRequest.training(golden.batch()).precision(Precision.BFLOAT16);
      try (Plan plan = backend.compile(graph, training)) {
        plan.bind(parameters, gradients);
        plan.input().assign(golden.images(DataType.FLOAT));
        plan.forward(0);
        INDArray slope = plan.output().ulike();
        double loss =
            ExactStep.LOSS.evaluate(
                plan.output(), ExactStep.targets(golden), ExactStep.weights(golden), slope);
        plan.backward(slope, GradientListener.NONE);
        errors = errors(golden, exact, evaluated, loss, plan.output(), gradients);
      }
      judge(golden, exact, errors, reference, comparison);
      new RunningStatistics(graph, layout, golden.batch()).update(parameters, gradients, 1);
      statistics(golden, layout, parameters, reference, comparison);
      return errors;
    }
  }

  private static Errors errors(
      Golden golden,
      ExactStep exact,
      double evaluated,
      double loss,
      INDArray logits,
      INDArray gradients) {
    Parameters layout = Parameters.of(golden.graph());
    Distance all = new Distance();
    List<Double> each = new ArrayList<>();
    for (ExactStep.Section section : exact.sections()) {
      for (Parameter tensor : trained(golden, section.layout())) {
        INDArray actual = layout.view(gradients, layout.get(tensor.name()));
        INDArray expected = section.layout().view(section.gradients(), tensor);
        Distance distance = new Distance().add(actual, expected);
        all.add(distance);
        each.add(distance.relative());
      }
    }
    each.sort(null);
    return new Errors(
        evaluated,
        Distance.of(logits, exact.logits()),
        Math.abs(loss / exact.loss() - 1),
        all.relative(),
        each.get(each.size() / 2),
        all.cosine());
  }

  private static void statistics(
      Golden golden,
      Parameters layout,
      INDArray parameters,
      Optional<Errors> reference,
      Comparison comparison) {
    double allowed = allowed(golden.float32("train"), reference.map(Errors::logits));
    for (Parameter tensor : layout.all()) {
      if (!tensor.kind().trainable()) {
        JsonNode expected = golden.json().get("running").get(tensor.name());
        comparison.tensor(tensor.name(), layout.view(parameters, tensor), expected, allowed);
      }
    }
  }

  /**
   * @param reference errors of the reference; none if they are judged themselves
   */
  private static void judge(
      Golden golden,
      ExactStep exact,
      Errors errors,
      Optional<Errors> reference,
      Comparison comparison) {
    double evaluated = allowed(golden.float32("eval"), reference.map(Errors::evaluated));
    comparison.distance("eval", errors.evaluated(), evaluated);
    double logits = allowed(golden.float32("train"), reference.map(Errors::logits));
    comparison.distance("train", errors.logits(), logits);
    INDArray values = exact.logits();
    double each = errors.logits() * values.norm2Number().doubleValue() / Math.sqrt(values.length());
    double loss = LOSS_SHARES * exact.slope() * each / exact.loss();
    comparison.distance("loss", errors.loss(), loss);
    if (Math.sqrt(COARSER) * golden.float32("gradient_median") < HALF) {
      double gradient = greaterPart(reference.map(Errors::gradient));
      comparison.distance("gradient", errors.gradient(), gradient);
      double median = greaterPart(reference.map(Errors::median));
      comparison.distance("median over the gradients", errors.median(), median);
    } else if (reference.isPresent()) {
      double turned = 1 - errors.cosine() / reference.get().cosine();
      comparison.distance("direction of the gradient", Math.max(0, turned), HALF);
    }
  }

  private static double allowed(double float32, Optional<Double> reference) {
    return Math.min(HALF, reference.map(e -> MULTIPLE * e).orElse(COARSER * float32));
  }

  private static double greaterPart(Optional<Double> reference) {
    return reference.map(e -> Math.min(GREATER_PART, MULTIPLE * e)).orElse(HALF);
  }

  private static void section(
      Golden golden, ExactStep.Section section, Backend backend, Comparison comparison) {
    Roundings roundings = Roundings.of(section.graph());
    double result = Math.min(HALF, SECTION_MULTIPLE * roundings.ofResult());
    double gradient = Math.min(HALF, SECTION_MULTIPLE * roundings.ofGradient());
    String name = " of the section from " + section.graph().nodes().get(1).name();
    Parameters layout = section.layout();
    PlanRequest request = PlanRequest.training(golden.batch()).precision(Precision.BFLOAT16);
    try (INDArray gradients = section.parameters().ulike();
        Plan plan = backend.compile(section.graph(), request.withInputGradient())) {
      plan.bind(section.parameters(), gradients);
      plan.input().assign(section.input());
      plan.forward(0);
      plan.backward(section.slope().castTo(DataType.FLOAT), GradientListener.NONE);
      comparison.distance("output" + name, Distance.of(plan.output(), section.output()), result);
      double slope = Distance.of(plan.inputGradient(), section.inputSlope());
      comparison.distance("input gradient" + name, slope, gradient);
      Distance vectors = new Distance();
      for (Parameter tensor : trained(golden, layout)) {
        INDArray actual = layout.view(gradients, tensor);
        INDArray expected = layout.view(section.gradients(), tensor);
        if (tensor.shape().rank() == 1) {
          vectors.add(actual, expected);
        } else {
          comparison.distance(tensor.name(), Distance.of(actual, expected), gradient);
        }
      }
      if (!vectors.isEmpty()) {
        comparison.distance("vectors" + name, vectors.relative(), gradient);
      }
      for (Parameter tensor : layout.all()) {
        if (!tensor.kind().trainable()) {
          INDArray actual = layout.view(gradients, tensor);
          INDArray expected = layout.view(section.gradients(), tensor);
          comparison.distance(tensor.name(), Distance.of(actual, expected), result);
        }
      }
    }
  }
}
