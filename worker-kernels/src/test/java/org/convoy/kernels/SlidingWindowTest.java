package org.convoy.kernels;

import static org.convoy.kernels.Closeness.assertClose;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Op;
import org.convoy.graph.Parameters;
import org.convoy.graph.Pool;
import org.convoy.graph.Window;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The reference's windows against the definition written as loops over single elements: goldens
 * know square windows in two dimensions alone, and gradient checks would not see a window that is
 * misplaced both ways.
 */
class SlidingWindowTest {

  @TestFactory
  Stream<DynamicTest> slidesAsTheLoopsDo() {
    return Cases.all()
        .filter(
            subject -> windowed(subject.graph()) instanceof Convolution || pooledMixture(subject))
        .map(subject -> DynamicTest.dynamicTest(subject.toString(), () -> check(subject)));
  }

  /** The op of a graph of one op alone, or else the input. */
  private static Op windowed(Graph graph) {
    return graph.nodes().size() == 2 ? graph.nodes().get(1).op() : graph.nodes().get(0).op();
  }

  /** Whether it is a pool behind the convolution that mixes channels for it. */
  private static boolean pooledMixture(Case subject) {
    return last(subject) instanceof Pool
        && subject.graph().nodes().size() == 3
        && subject.layout().contains("before.weight");
  }

  private static Op last(Case subject) {
    List<Node> nodes = subject.graph().nodes();
    return nodes.get(nodes.size() - 1).op();
  }

  private static void check(Case subject) {
    INDArray parameters = subject.parameters(DataType.DOUBLE);
    try (Plan plan =
        Backends.get("nd4j").compile(subject.graph(), subject.inference(Precision.FLOAT64))) {
      plan.bind(parameters, parameters);
      INDArray input = subject.input(DataType.DOUBLE);
      if (last(subject) instanceof Pool) {
        passThrough(plan.layout(), parameters);
      }
      plan.input().assign(input);
      plan.forward(0);
      INDArray expected = Nd4j.create(DataType.DOUBLE, plan.output().shape());
      new Loops(subject.graph(), last(subject), plan.layout(), parameters, input).fill(expected);
      assertClose("output", expected, plan.output(), 1e-12, 1);
    }
  }

  /** Makes the convolution in front of a pool the identity. */
  private static void passThrough(Parameters layout, INDArray parameters) {
    INDArray weight = layout.view(parameters, layout.get("before.weight")).assign(0);
    long[] index = new long[weight.rank()];
    for (int c = 0; c < weight.size(0); c++) {
      index[0] = c;
      index[1] = c;
      weight.putScalar(index, 1);
    }
  }

  /**
   * One output element at a time, one tap at a time, each position of up to three dimensions by
   * itself.
   */
  private static final class Loops {
    private final Op op;
    private final Window window;
    private final int[] in;
    private final int[] out;
    private final int inChannels;
    private final int outChannels;
    private final double[] x;
    private final double[] weight;
    private final double[] bias;

    Loops(Graph graph, Op op, Parameters layout, INDArray parameters, INDArray input) {
      this.op = op;
      this.window = op instanceof Convolution conv ? conv.window() : ((Pool) op).window();
      this.in = three(graph.inputShape().spatial(), 1);
      this.out = three(graph.outputShape().spatial(), 1);
      this.inChannels = graph.inputShape().channels();
      this.outChannels = graph.outputShape().channels();
      this.x = Closeness.doubles(input);
      this.weight = tensor(layout, parameters, "op.weight");
      this.bias = tensor(layout, parameters, "op.bias");
    }

    private static double[] tensor(Parameters layout, INDArray parameters, String name) {
      return layout.contains(name)
          ? Closeness.doubles(layout.view(parameters, layout.get(name)))
          : new double[0];
    }

    /** Stands dimensions that are not there in front. */
    private static int[] three(List<Integer> values, int missing) {
      int[] all = {missing, missing, missing};
      for (int i = 0; i < values.size(); i++) {
        all[3 - values.size() + i] = values.get(i);
      }
      return all;
    }

    void fill(INDArray expected) {
      int[] stride = three(window.stride(), 1);
      int[] before = three(window.padBefore(), 0);
      int at = 0;
      double[] values = new double[(int) expected.length()];
      int batch = (int) expected.size(0);
      for (int n = 0; n < batch; n++) {
        for (int c = 0; c < outChannels; c++) {
          for (int d = 0; d < out[0]; d++) {
            for (int h = 0; h < out[1]; h++) {
              for (int w = 0; w < out[2]; w++) {
                int[] start = {
                  d * stride[0] - before[0], h * stride[1] - before[1], w * stride[2] - before[2]
                };
                values[at++] =
                    op instanceof Convolution conv ? sum(conv, n, c, start) : pooled(n, c, start);
              }
            }
          }
        }
      }
      expected.assign(Nd4j.createFromArray(values).reshape('c', expected.shape()));
    }

    private double sum(Convolution conv, int n, int c, int[] start) {
      int perGroup = inChannels / conv.groups();
      int first = c / (outChannels / conv.groups()) * perGroup;
      double total = bias.length == 0 ? 0 : bias[c];
      for (int i = 0; i < perGroup; i++) {
        int tap = 0;
        for (int[] position : positions(start)) {
          if (inside(position, new int[3], in)) {
            total += weight[(c * perGroup + i) * window.taps() + tap] * at(n, first + i, position);
          }
          tap++;
        }
      }
      return total;
    }

    private double pooled(int n, int c, int[] start) {
      Pool pool = (Pool) op;
      int[] before = three(window.padBefore(), 0);
      int[] after = three(window.padAfter(), 0);
      int[] low = {-before[0], -before[1], -before[2]};
      int[] high = {in[0] + after[0], in[1] + after[1], in[2] + after[2]};
      double largest = Double.NEGATIVE_INFINITY;
      double total = 0;
      int counted = 0;
      for (int[] position : positions(start)) {
        boolean inside = inside(position, new int[3], in);
        if (inside) {
          largest = Math.max(largest, at(n, c, position));
          total += at(n, c, position);
        }
        if (inside || (pool.countPadding() && inside(position, low, high))) {
          counted++;
        }
      }
      return pool.kind() == Pool.Kind.MAX ? largest : total / counted;
    }

    /** Where the taps of a window lie, in C order. */
    private List<int[]> positions(int[] start) {
      int[] kernel = three(window.kernel(), 1);
      int[] dilation = three(window.dilation(), 1);
      List<int[]> all = new ArrayList<>();
      for (int d = 0; d < kernel[0]; d++) {
        for (int h = 0; h < kernel[1]; h++) {
          for (int w = 0; w < kernel[2]; w++) {
            all.add(
                new int[] {
                  start[0] + d * dilation[0], start[1] + h * dilation[1], start[2] + w * dilation[2]
                });
          }
        }
      }
      return all;
    }

    private static boolean inside(int[] position, int[] low, int[] high) {
      for (int i = 0; i < 3; i++) {
        if (position[i] < low[i] || position[i] >= high[i]) {
          return false;
        }
      }
      return true;
    }

    private double at(int n, int c, int[] p) {
      return x[(((n * inChannels + c) * in[0] + p[0]) * in[1] + p[1]) * in[2] + p[2]];
    }
  }
}
