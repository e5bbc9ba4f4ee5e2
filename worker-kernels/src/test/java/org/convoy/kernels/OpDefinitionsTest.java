package org.convoy.kernels;

import static org.convoy.kernels.Closeness.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.convoy.graph.ChannelShuffle;
import org.convoy.graph.Convolution;
import org.convoy.graph.GlobalResponseNorm;
import org.convoy.graph.GroupNorm;
import org.convoy.graph.MatrixProduct;
import org.convoy.graph.Op;
import org.convoy.graph.PRelu;
import org.convoy.graph.Pad;
import org.convoy.graph.Parameters;
import org.convoy.graph.Resize;
import org.convoy.graph.Shape;
import org.convoy.graph.Slice;
import org.convoy.graph.Softmax;
import org.convoy.graph.TransposedConvolution;
import org.convoy.graph.Value;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The reference's ops against what their papers and torch's manual say, in numbers or in loops over
 * single elements: a gradient check would not see an op that is wrong both ways.
 */
class OpDefinitionsTest {

  /** The result of one op on one sample, in C order. */
  private static double[] run(Shape in, Op op, double[] input, double... parameters) {
    return run(Value.input(in).apply("op", op), input, parameters);
  }

  private static double[] run(Value result, double[] input, double... parameters) {
    PlanRequest request = PlanRequest.inference(1).precision(Precision.FLOAT64);
    // A tensor that does not matter, since a vector without elements cannot be bound.
    Value scaled = result.prelu("identity");
    try (Plan plan = Backends.get("nd4j").compile(scaled.graph("definition"), request)) {
      Parameters layout = plan.layout();
      INDArray flat = Nd4j.ones(DataType.DOUBLE, layout.length());
      for (int i = 0; i < parameters.length; i++) {
        flat.putScalar(i, parameters[i]);
      }
      assertEquals(layout.length(), parameters.length + scaled.channels(), "parameters");
      plan.bind(flat, flat);
      plan.input().assign(Nd4j.createFromArray(input).reshape('c', plan.input().shape()));
      plan.forward(0);
      return Closeness.doubles(plan.output());
    }
  }

  private static double[] counting(int length) {
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = i;
    }
    return values;
  }

  private static void assertNear(double[] actual, double... expected) {
    assertArrayEquals(expected, actual, 1e-4);
  }

  /** torch's example of Upsample. */
  @Test
  void resizesAsTorchsManualShows() {
    Shape in = Shape.of(1, 2, 2);
    double[] x = {1, 2, 3, 4};
    List<Integer> four = List.of(4, 4);
    assertNear(
        run(in, new Resize(Resize.Method.NEAREST, four), x),
        new double[] {1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4});
    assertNear(
        run(in, new Resize(Resize.Method.LINEAR, four), x),
        new double[] {
          1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4
        });
    assertNear(
        run(in, new Resize(Resize.Method.LINEAR_ALIGNED, four), x),
        new double[] {
          1, 1.3333, 1.6667, 2, 1.6667, 2, 2.3333, 2.6667, 2.3333, 2.6667, 3, 3.3333, 3, 3.3333,
          3.6667, 4
        });
  }

  @Test
  void nearestTakesACornerOrACentre() {
    Shape in = Shape.of(1, 5);
    List<Integer> three = List.of(3);
    assertNear(run(in, new Resize(Resize.Method.NEAREST, three), counting(5)), 0, 1, 3);
    assertNear(run(in, new Resize(Resize.Method.NEAREST_EXACT, three), counting(5)), 0, 2, 4);
    assertNear(run(in, new Resize(Resize.Method.LINEAR, three), counting(5)), 1 / 3.0, 2, 11 / 3.0);
    assertNear(run(in, new Resize(Resize.Method.LINEAR_ALIGNED, List.of(1)), counting(5)), 0);
  }

  @Test
  void shuffleReadsRowsAndWritesColumns() {
    assertNear(run(Shape.of(6), new ChannelShuffle(2), counting(6)), 0, 3, 1, 4, 2, 5);
    assertNear(run(Shape.of(6), new ChannelShuffle(3), counting(6)), 0, 2, 4, 1, 3, 5);
  }

  @Test
  void partsStandWhereTheyAreSaidTo() {
    Shape in = Shape.of(2, 2, 3);
    assertNear(run(in, new Slice(0, 1, 2), counting(12)), 6, 7, 8, 9, 10, 11);
    assertNear(run(in, new Slice(1, 1, 2), counting(12)), 3, 4, 5, 9, 10, 11);
    assertNear(run(in, new Slice(2, 0, 2), counting(12)), 0, 1, 3, 4, 6, 7, 9, 10);
    assertNear(
        run(Shape.of(1, 1, 2), new Pad(List.of(1, 0), List.of(0, 2)), new double[] {5, 6}),
        new double[] {0, 0, 0, 0, 5, 6, 0, 0});
  }

  @Test
  void softmaxSumsToOneOverTheChannels() {
    double e = Math.E;
    assertNear(
        run(Shape.of(2, 2), new Softmax(), new double[] {1000, 0, 1001, -1}),
        new double[] {1 / (1 + e), e / (1 + e), e / (1 + e), 1 / (1 + e)});
  }

  @Test
  void preluScalesWhatIsBelowZero() {
    double[] x = {-2, 3, -4, 5};
    assertNear(run(Shape.of(2, 2), PRelu.of(true), x, 0.5, 0.25), -1, 3, -1, 5);
    assertNear(run(Shape.of(2, 2), PRelu.of(false), x, 0.5), -1, 3, -2, 5);
  }

  @Test
  void productsMultiplyMatricesAndTheirTransposes() {
    Shape in = Shape.of(2, 3);
    Value x = Value.input(in);
    double[] matrix = {1, 2, 3, 4, 5, 6};
    assertNear(run(x.product(false, x, true), matrix), 14, 32, 32, 77);
    Value y = Value.input(in);
    double[] other = {17, 22, 27, 22, 29, 36, 27, 36, 45};
    assertNear(run(y.product(true, y, false), matrix), other);
    assertEquals(18, new MatrixProduct(true, false).multiplyAdds(List.of(in, in)));
  }

  /** Equations 1 to 3 of the paper. */
  @Test
  void responseNormFollowsThePaper() {
    double[] x = {3, 4, 1, 0};
    double mean = (5 + 1) / 2.0 + 0.5;
    double first = 5 / mean;
    double second = 1 / mean;
    assertNear(
        run(Shape.of(2, 2), new GlobalResponseNorm(0.5), x, 2, -1, 0.25, 0.75),
        new double[] {
          3 * (2 * first + 1) + 0.25, 4 * (2 * first + 1) + 0.25, (1 - second) + 0.75, 0.75
        });
  }

  @Test
  void groupNormKnowsNeighboursAlone() {
    double[] x = {1, 3, 10, 30};
    double near = 1 / Math.sqrt(1.25);
    double far = 10 / Math.sqrt(100.25);
    GroupNorm norm = new GroupNorm(2, 0.25, true);
    double[] parameters = {1, 2, 3, 4, 0, 10, 20, 30};
    assertNear(
        run(Shape.of(4), norm, x, parameters),
        new double[] {-near, 10 + 2 * near, 20 - 3 * far, 30 + 4 * far});
    assertNear(
        run(Shape.of(2, 2), new GroupNorm(2, 0.25, false), x),
        new double[] {-near, near, -far, far});
  }

  /** A transposed convolution is what the convolution of its weight does to a gradient. */
  @TestFactory
  Stream<DynamicTest> transposedConvolutionsAreGradients() {
    return Cases.all()
        .filter(subject -> subject.graph().nodes().size() == 2)
        .filter(subject -> subject.graph().nodes().get(1).op() instanceof TransposedConvolution)
        .map(subject -> DynamicTest.dynamicTest(subject.toString(), () -> transpose(subject)));
  }

  private static void transpose(Case subject) {
    TransposedConvolution op = (TransposedConvolution) subject.graph().nodes().get(1).op();
    Backend reference = Backends.get("nd4j");
    INDArray parameters = subject.parameters(DataType.DOUBLE);
    long weights = subject.layout().get("op.weight").length();
    for (long i = weights; i < parameters.length(); i++) {
      parameters.putScalar(i, 0);
    }
    INDArray x = subject.input(DataType.DOUBLE);
    INDArray actual;
    try (Plan plan = reference.compile(subject.graph(), subject.inference(Precision.FLOAT64))) {
      plan.bind(parameters, parameters);
      plan.input().assign(x);
      plan.forward(0);
      actual = plan.output().dup();
    }
    Shape in = subject.graph().inputShape();
    Convolution other = Convolution.of(in.channels(), 1).with(op.window()).groups(op.groups());
    Value convolved = Value.input(subject.graph().outputShape()).conv("op", other);
    Case transposed = new Case(convolved.graph("convolution"), subject.batch());
    INDArray same = transposed.parameters(DataType.DOUBLE);
    for (long i = 0; i < weights; i++) {
      same.putScalar(i, parameters.getDouble(i));
    }
    try (Plan plan =
        reference.compile(transposed.graph(), transposed.training(Precision.FLOAT64))) {
      plan.bind(same, same.like());
      plan.input().assign(transposed.input(DataType.DOUBLE));
      plan.forward(0);
      plan.backward(x, GradientListener.NONE);
      assertClose("output", plan.inputGradient(), actual, 1e-12, 1);
    }
  }
}
