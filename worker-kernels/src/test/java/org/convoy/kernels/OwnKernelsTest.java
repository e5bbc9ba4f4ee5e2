package org.convoy.kernels;

import static org.convoy.kernels.Closeness.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.convoy.ChildJvm;
import org.convoy.ProcessorFlags;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Fusion;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convoy's own kernels in every variant that this processor can run, in either layout, with several
 * numbers of threads: near the reference, and the same bytes whatever the number of threads is.
 */
class OwnKernelsTest {
  private static final String CHECK = "convoy.test.check";
  private static final List<String> LAYOUTS = List.of("blocked", "channels-last");

  /** Nothing but the kernels, so that nothing else can depend on the threads. */
  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int channels : List.of(1, 13, 24, 40, 64)) {
      // Planes that are less than a slab of rows, and several slabs.
      for (Shape shape : List.of(Shape.of(channels, 3, 2), Shape.of(channels, 20, 7))) {
        cases.add(norm(shape, "norm", x -> x));
        for (Function function :
            List.of(Function.RELU, Function.RELU6, Function.SILU, Function.HARD_SWISH)) {
          cases.add(norm(shape, function.name(), x -> x.activate(function)));
        }
      }
    }
    // More than stays in a cache.
    cases.add(norm(Shape.of(24, 90, 91), "large", x -> x.activate(Function.SILU)));
    for (Shape shape : List.of(Shape.of(13, 5, 4), Shape.of(48, 9, 9))) {
      Value x = Value.input(shape);
      cases.add(new Case(x.norm("bn").add(x).graph("added " + shape), 3));
      Value y = Value.input(shape);
      cases.add(new Case(y.norm("bn").add(y).relu().graph("added, relu " + shape), 3));
    }
    for (int channels : List.of(3, 16, 40, 136)) {
      for (int window : List.of(3, 4, 5, 7)) {
        cases.add(depthwise(Shape.of(channels, 9, 7), window, 1));
        cases.add(depthwise(Shape.of(channels, 14, 15), window, 2));
      }
    }
    // Several strips.
    cases.add(depthwise(Shape.of(24, 60, 61), 5, 1));
    for (int channels : List.of(5, 16, 40, 136, 272)) {
      Value x = Value.input(Shape.of(channels, 6, 7)).norm("bn");
      Graph graph = x.multiply(x.adaptiveAveragePool(1)).graph("product of " + channels);
      cases.add(new Case(graph, 3));
    }
    return cases;
  }

  private static Case depthwise(Shape shape, int window, int stride) {
    int channels = shape.channels();
    Convolution op = Convolution.of(channels, window).stride(stride).groups(channels);
    Graph graph =
        Value.input(shape)
            .conv("conv", op)
            .graph(
                String.format(
                    Locale.ROOT, "depthwise %dx%d / %d of %s", window, window, stride, shape));
    return new Case(graph, 3);
  }

  private static Case norm(Shape shape, String name, UnaryOperator<Value> behind) {
    Value norm = Value.input(shape).norm("bn");
    return new Case(behind.apply(norm).graph(name + " of " + shape), 3);
  }

  private record Step(INDArray output, INDArray slope, INDArray gradients) {
    static Step of(String backend, Case subject, Precision precision, Choices choices) {
      DataType type = precision == Precision.FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
      INDArray parameters = subject.parameters(type);
      INDArray gradients = parameters.like();
      PlanRequest request = subject.training(precision).choices(choices);
      try (Plan plan = Backends.get(backend).compile(subject.graph(), request)) {
        plan.bind(parameters, gradients);
        plan.input().assign(subject.input(type));
        plan.forward(0);
        plan.backward(subject.slope(type), GradientListener.NONE);
        return new Step(plan.output().dup(), plan.inputGradient().dup(), gradients);
      }
    }

    String digest() throws Exception {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (INDArray array : List.of(output, slope, gradients)) {
        for (float value : array.dup('c').reshape(array.length()).toFloatVector()) {
          digest.update(ByteBuffer.allocate(Float.BYTES).putFloat(value).array());
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  /** Every node in one layout. */
  private static Choices choices(Graph graph, String layout) {
    Map<String, String> ways = new HashMap<>();
    for (Node node : Fusion.apply(graph).nodes()) {
      if (node.op() instanceof Convolution) {
        ways.put(node.name() + " weight gradient", layout + " convoy");
      } else if (!node.inputs().isEmpty()) {
        ways.put(node.name(), layout);
      }
    }
    return new Choices(ways);
  }

  /** Checks all cases against the reference, and prints a digest of their results. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Case subject : cases()) {
        for (String layout : LAYOUTS) {
          Choices choices = choices(subject.graph(), layout);
          Step actual = Step.of("onednn", subject, Precision.FLOAT32, choices);
          Step rough = Step.of("onednn", subject, Precision.BFLOAT16, choices);
          digest.update(actual.digest().getBytes(StandardCharsets.UTF_8));
          digest.update(rough.digest().getBytes(StandardCharsets.UTF_8));
          if (Boolean.getBoolean(CHECK)) {
            Step expected = Step.of("nd4j", subject, Precision.FLOAT64, Choices.NONE);
            check(subject + ", " + layout, expected, actual, Parameters.of(subject.graph()));
          }
        }
      }
      System.out.println("kernels " + implementations());
      System.out.println("digest " + HexFormat.of().formatHex(digest.digest()));
    }

    private static void check(String what, Step expected, Step actual, Parameters layout) {
      assertClose(what + ", output", expected.output, actual.output, 1e-5, 1);
      assertClose(what + ", input gradient", expected.slope, actual.slope, 1e-5, 0.1);
      layout
          .all()
          .forEach(
              tensor ->
                  assertClose(
                      what + ", " + tensor.name(),
                      layout.view(expected.gradients, tensor),
                      layout.view(actual.gradients, tensor),
                      1e-5,
                      1));
    }

    /** The code behind norms, weight gradients and by products. */
    private static String implementations() {
      Set<String> names = new TreeSet<>();
      for (Case subject : cases()) {
        INDArray parameters = subject.parameters(DataType.FLOAT);
        PlanRequest request =
            subject.training(Precision.FLOAT32).choices(choices(subject.graph(), LAYOUTS.get(0)));
        try (Plan plan = Backends.get("onednn").compile(subject.graph(), request)) {
          plan.bind(parameters, parameters.like());
          plan.timeKernels(1).stream()
              .filter(
                  kernel ->
                      kernel.word().matches("(norm|conv weight gradient) .*|multiply backward"))
              .map(KernelTime::implementation)
              .forEach(names::add);
        }
      }
      return names.toString();
    }
  }

  @Test
  void allVariantsAreNearAndDoNotDependOnThreads() throws Exception {
    List<Processor> processors =
        List.of(
            new Processor("avx2", "AVX2", List.of("avx2")),
            new Processor("avx512", "AVX512_CORE", List.of("avx512bw", "avx512vl")),
            new Processor("avx512-bf16", "AVX512_CORE_BF16", List.of("avx512_bf16")),
            new Processor("avx512-bf16", "AVX512_CORE_AMX", List.of("avx512_bf16", "amx_bf16")));
    for (Processor processor : processors) {
      if (!processor.runsHere()) {
        continue;
      }
      TreeSet<String> digests = new TreeSet<>();
      for (String threads : List.of("1", "3")) {
        List<String> lines =
            ChildJvm.run(
                Child.class,
                Map.of("ONEDNN_MAX_CPU_ISA", processor.isa, "OMP_NUM_THREADS", threads),
                "-D" + CHECK + "=" + threads.equals("1"));
        assertTrue(
            lines.contains(String.format(Locale.ROOT, "kernels [convoy:%s]", processor.variant)),
            lines::toString);
        digests.add(lines.get(lines.size() - 1));
      }
      assertEquals(1, digests.size(), processor.isa);
    }
  }

  /** What oneDNN and Convoy take a processor for, and the flags of one that can do it. */
  private record Processor(String variant, String isa, List<String> flags) {
    boolean runsHere() throws Exception {
      return ProcessorFlags.include(flags);
    }
  }
}
