package org.convoy.kernels;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.convoy.graph.Activate;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.AdaptiveAveragePool;
import org.convoy.graph.Add;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.ChannelScale;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Flatten;
import org.convoy.graph.Fusion;
import org.convoy.graph.GlobalAveragePool;
import org.convoy.graph.Graph;
import org.convoy.graph.Input;
import org.convoy.graph.Linear;
import org.convoy.graph.Multiply;
import org.convoy.graph.Node;
import org.convoy.graph.Op;
import org.convoy.graph.PadChannels;
import org.convoy.graph.Pool;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.graph.Window;

/**
 * Every op on awkward sizes: what contract tests and gradient checks run. A new op adds its cases
 * here.
 */
final class Cases {
  private Cases() {}

  static Stream<Case> all() {
    return Stream.of(
            convolutions(),
            linears(),
            norms(),
            activations(),
            pools(),
            rearrangements(),
            ChainCases.all(),
            ConcatCases.all(),
            FanOutCases.all(),
            NormalisationCases.all(),
            dropouts(),
            adaptivePools(),
            products(),
            SampleNormCases.all(),
            GeometryCases.all(),
            AttentionCases.all(),
            networks())
        .flatMap(List::stream);
  }

  /** A convolution case: its window is square unless told otherwise. */
  private static Case conv(int batch, Shape in, int out, Window window, int groups, boolean bias) {
    Convolution conv = Convolution.of(out, 1).with(window.forRank(in.spatialRank())).groups(groups);
    return of(batch, in, bias ? conv.withBias() : conv);
  }

  private static List<Case> convolutions() {
    return List.of(
        //   batch  input              out  window                                 groups  bias
        conv(1, Shape.of(1, 1, 1), 1, Window.square(1), 1, true),
        conv(3, Shape.of(1, 5, 4), 13, Window.square(3), 1, false),
        conv(1, Shape.of(3, 9, 9), 17, Window.square(3), 1, true),
        conv(3, Shape.of(13, 6, 7), 1, Window.square(1), 1, true),
        conv(3, Shape.of(17, 5, 5), 33, Window.square(3), 1, false),
        conv(1, Shape.of(33, 4, 4), 13, Window.square(1), 1, false),
        conv(3, Shape.of(64, 3, 3), 32, Window.square(3), 1, false),
        conv(3, Shape.of(3, 11, 10), 16, Window.square(7).stride(2), 1, false),
        conv(3, Shape.of(13, 7, 7), 17, Window.square(1).stride(2), 1, false),
        conv(1, Shape.of(3, 8, 8), 3, Window.square(1).stride(3), 1, false),
        conv(3, Shape.of(13, 8, 9), 3, Window.square(3).stride(2), 1, true),
        conv(1, Shape.of(3, 10, 10), 5, Window.square(2).stride(3), 1, true),
        conv(3, Shape.of(17, 1, 1), 13, Window.square(3), 1, false),
        conv(1, Shape.of(3, 2, 2), 5, Window.square(5), 1, true),
        conv(3, Shape.of(3, 9, 8), 13, asymmetric(), 1, true),
        conv(1, Shape.of(13, 6, 6), 13, window(2).padding(List.of(0, 0), List.of(1, 1)), 1, false),
        conv(
            1,
            Shape.of(4, 7, 7),
            6,
            window(3).stride(2).padding(List.of(0, 1), List.of(1, 0)),
            1,
            true),
        conv(3, Shape.of(3, 9, 9), 5, Window.square(3).dilation(2).padding(2), 1, true),
        conv(
            1,
            Shape.of(13, 12, 11),
            3,
            Window.square(3).dilation(3).padding(1).stride(2),
            1,
            false),
        conv(3, Shape.of(4, 6, 6), 8, Window.square(3), 2, true),
        conv(1, Shape.of(33, 5, 5), 33, Window.square(3), 3, false),
        conv(3, Shape.of(33, 5, 4), 22, Window.square(3).stride(2), 11, true),
        conv(3, Shape.of(13, 7, 6), 13, Window.square(3), 13, false),
        conv(3, Shape.of(33, 6, 6), 33, Window.square(5).stride(2), 33, true),
        conv(1, Shape.of(32, 9, 9), 32, Window.square(3).dilation(2).padding(2), 32, false),
        conv(1, Shape.of(3, 5, 5), 3, asymmetric(), 3, true),
        conv(3, Shape.of(13, 5, 5), 26, Window.square(3), 13, true),
        conv(3, Shape.of(3, 13), 17, Window.square(3), 1, true),
        conv(1, Shape.of(13, 17), 13, Window.square(5).stride(2), 13, false),
        conv(3, Shape.of(4, 9), 6, Window.square(3).dilation(2).padding(1), 2, true),
        conv(1, Shape.of(3, 1), 13, Window.square(1), 1, false),
        conv(3, Shape.of(3, 4, 5, 6), 13, Window.square(3), 1, true),
        conv(1, Shape.of(13, 3, 5, 4), 17, Window.square(3).stride(2), 1, false),
        conv(3, Shape.of(6, 3, 3, 4), 9, Window.square(2).padding(1), 3, true),
        conv(1, Shape.of(17, 3, 4, 3), 17, Window.square(3), 17, false),
        conv(1, Shape.of(3, 1, 1, 1), 13, Window.square(1), 1, true));
  }

  private static Window window(int kernel) {
    return Window.of(List.of(kernel, kernel));
  }

  /** Nothing about it is square. */
  private static Window asymmetric() {
    return new Window(List.of(3, 2), List.of(2, 1), List.of(1, 0), List.of(0, 2), List.of(1, 2));
  }

  private static List<Case> linears() {
    return List.of(
        of(1, Shape.of(1), Linear.of(1)),
        of(3, Shape.of(13), Linear.of(17)),
        of(3, Shape.of(33), new Linear(3, false, Linear.of(1).initializer())),
        of(1, Shape.of(100), Linear.of(33)),
        of(3, Shape.of(13, 5, 4), Linear.of(3)),
        of(1, Shape.of(3, 7), new Linear(13, false, Linear.of(1).initializer())),
        of(3, Shape.of(32, 4, 5), Linear.of(64)),
        of(1, Shape.of(17, 1, 1), Linear.of(33)),
        of(3, Shape.of(13, 2, 3, 4), Linear.of(16)));
  }

  private static List<Case> norms() {
    BatchNorm norm = BatchNorm.standard();
    BatchNorm other = new BatchNorm(1e-3, 0.01);
    List<Case> cases = new ArrayList<>();
    for (BatchNorm op : List.of(norm, norm.followedBy(Function.RELU))) {
      cases.add(of(3, Shape.of(1, 1, 1), op));
      cases.add(of(1, Shape.of(1, 3, 3), op));
      cases.add(of(3, Shape.of(3, 5, 4), op));
      cases.add(of(1, Shape.of(13, 7, 7), op));
      cases.add(of(3, Shape.of(33, 2, 3), op));
      cases.add(of(3, Shape.of(17), op));
      cases.add(of(3, Shape.of(13, 9), op));
      cases.add(of(3, Shape.of(3, 3, 4, 2), op));
      cases.add(ofTwo(3, Shape.of(3, 5, 4), op));
      cases.add(ofTwo(1, Shape.of(33, 3, 3), op));
      cases.add(ofTwo(3, Shape.of(13), op));
      cases.add(ofTwo(3, Shape.of(17, 2, 3, 2), op));
    }
    cases.add(of(3, Shape.of(13, 4, 4), other));
    cases.add(of(3, Shape.of(16, 4, 4), other.followedBy(Function.RELU)));
    return cases;
  }

  private static List<Case> activations() {
    List<Case> cases = new ArrayList<>();
    for (Function function : Function.values()) {
      boolean parametrised =
          EnumSet.of(Function.LEAKY_RELU, Function.ELU, Function.LINEAR).contains(function);
      double alpha = parametrised ? 0.3 : 0;
      Activate op = new Activate(function, alpha);
      cases.add(first(3, Shape.of(13, 5, 3), op));
      cases.add(last(1, Shape.of(17, 3, 3), op));
      cases.add(first(1, Shape.of(1), op));
      cases.add(wide(op));
    }
    cases.add(last(3, Shape.of(17, 9), Activate.of(Function.RELU)));
    cases.add(last(1, Shape.of(3, 3, 4, 5), Activate.of(Function.RELU)));
    return cases;
  }

  /** The function on a range five times as wide, which reaches where the curves bend. */
  private static Case wide(Activate op) {
    Value x = Value.input(Shape.of(3, 9, 9)).norm("wide", new BatchNorm(0.04, 0.1));
    return of(3, x.add(x).add(x.add(x)).activate(op), "wide " + op);
  }

  private static List<Case> pools() {
    Window three = Window.square(3).stride(2);
    Window lopsided =
        new Window(List.of(3, 2), List.of(2, 1), List.of(1, 0), List.of(0, 1), List.of(1, 1));
    List<Case> cases = new ArrayList<>();
    for (Pool.Kind kind : Pool.Kind.values()) {
      for (boolean ceil : new boolean[] {false, true}) {
        for (boolean count : new boolean[] {false, true}) {
          if (kind == Pool.Kind.MAX && count) {
            continue;
          }
          cases.add(first(3, Shape.of(3, 6, 7), pool(kind, three, count, ceil)));
          cases.add(last(1, Shape.of(13, 8, 8), pool(kind, three.padding(0), count, ceil)));
          cases.add(
              last(3, Shape.of(17, 5, 5), pool(kind, Window.square(2).stride(2), count, ceil)));
          cases.add(last(1, Shape.of(33, 7, 6), pool(kind, lopsided, count, ceil)));
          cases.add(first(3, Shape.of(3, 11), pool(kind, three, count, ceil)));
          cases.add(first(1, Shape.of(13, 4, 5, 6), pool(kind, three, count, ceil)));
        }
      }
      cases.add(first(1, Shape.of(1, 1, 1), pool(kind, Window.square(1), true, false)));
      cases.add(last(3, Shape.of(16, 7, 7), pool(kind, Window.square(1).stride(2), true, false)));
      cases.add(first(3, Shape.of(3, 4, 4), pool(kind, Window.square(3), false, false)));
      cases.add(last(3, Shape.of(13, 7, 7), pool(kind, Window.square(7).padding(0), true, false)));
      cases.add(first(1, Shape.of(3, 9, 9), pool(kind, Window.square(2).stride(4), true, true)));
    }
    cases.add(first(1, Shape.of(1, 1, 1), new GlobalAveragePool()));
    cases.add(last(3, Shape.of(13, 7, 5), new GlobalAveragePool()));
    cases.add(last(1, Shape.of(17, 4, 4), new GlobalAveragePool()));
    cases.add(first(3, Shape.of(33, 9), new GlobalAveragePool()));
    cases.add(first(1, Shape.of(3, 2, 3, 4), new GlobalAveragePool()));
    return cases;
  }

  private static Pool pool(Pool.Kind kind, Window window, boolean count, boolean ceil) {
    return new Pool(kind, window, count, ceil);
  }

  private static List<Case> rearrangements() {
    Value x = mix(Value.input(Shape.of(3, 4, 5)), "before");
    return List.of(
        ofTwo(3, Shape.of(13, 5, 3), new Add()),
        ofTwo(1, Shape.of(33), new Add()),
        ofTwo(1, Shape.of(3, 2, 3, 4), new Add()),
        of(3, x.add(x), "add to itself"),
        first(3, Shape.of(3, 4, 4), new PadChannels(0, 13)),
        last(1, Shape.of(17, 3, 3), new PadChannels(1, 16)),
        first(3, Shape.of(1, 5), new PadChannels(2, 0)),
        last(3, Shape.of(13), new PadChannels(0, 3)),
        last(1, Shape.of(3, 2, 3, 2), new PadChannels(0, 0)),
        first(3, Shape.of(13, 4, 3), new Flatten()),
        last(1, Shape.of(3, 2, 3, 2), new Flatten()),
        last(3, Shape.of(17), new Flatten()));
  }

  private static List<Case> dropouts() {
    return List.of(
        first(3, Shape.of(13), Dropout.element(0.5)),
        first(1, Shape.of(1), Dropout.element(0.3)),
        first(3, Shape.of(3, 5, 4), Dropout.element(0)),
        last(3, Shape.of(17, 5, 3), Dropout.element(0.3)),
        last(1, Shape.of(3, 2, 3, 4), Dropout.element(0.3)),
        last(3, Shape.of(32, 4, 4), Dropout.element(0.3)),
        first(3, Shape.of(33, 3, 3), Dropout.channel(0.4)),
        last(1, Shape.of(17, 5, 4), Dropout.channel(0.4)),
        last(3, Shape.of(13), Dropout.channel(0.4)),
        first(3, Shape.of(5, 2, 3, 2), Dropout.channel(0.4)),
        first(3, Shape.of(3, 9, 8), Dropout.block(0.3, 3)),
        last(1, Shape.of(17, 7, 7), Dropout.block(0.2, 4)),
        last(3, Shape.of(32, 3, 5), Dropout.block(0.2, 7)),
        first(3, Shape.of(3, 13), Dropout.block(0.3, 3)),
        last(1, Shape.of(3, 4, 5, 3), Dropout.block(0.3, 2)),
        first(5, Shape.of(3, 5, 4), Dropout.sample(0.4)),
        last(7, Shape.of(17, 3, 3), Dropout.sample(0.4)),
        last(5, Shape.of(13), Dropout.sample(0.4)),
        first(3, Shape.of(3, 8, 12), Dropout.patch(0.6, 4)),
        last(5, Shape.of(17, 6, 6), Dropout.patch(0.5, 2)),
        last(3, Shape.of(32, 3, 5), Dropout.patch(0.3, 1)),
        of(5, dropping(Value.input(Shape.of(3, 6, 6))), "dropped branch"));
  }

  private static List<Case> adaptivePools() {
    return List.of(
        first(3, Shape.of(3, 7, 5), new AdaptiveAveragePool(List.of(1, 1))),
        last(1, Shape.of(17, 4, 4), new AdaptiveAveragePool(List.of(1, 1))),
        last(3, Shape.of(32, 6, 9), new AdaptiveAveragePool(List.of(3, 3))),
        first(3, Shape.of(13, 7, 7), new AdaptiveAveragePool(List.of(7, 7))),
        last(1, Shape.of(3, 3, 3), new AdaptiveAveragePool(List.of(7, 7))),
        last(3, Shape.of(17, 7, 5), new AdaptiveAveragePool(List.of(3, 2))),
        last(3, Shape.of(16, 6, 5), new AdaptiveAveragePool(List.of(3, 4))),
        last(3, Shape.of(13, 11), new AdaptiveAveragePool(List.of(4))),
        first(1, Shape.of(3, 4, 2, 6), new AdaptiveAveragePool(List.of(2, 1, 3))),
        first(3, Shape.of(5, 4, 3, 5), new AdaptiveAveragePool(List.of(2, 2, 2))));
  }

  private static List<Case> products() {
    Value x = mix(Value.input(Shape.of(3, 4, 5)), "before");
    return List.of(
        ofTwo(3, Shape.of(13, 5, 3), new Multiply()),
        ofTwo(1, Shape.of(33), new Multiply()),
        ofTwo(1, Shape.of(3, 2, 3, 4), new Multiply()),
        of(3, x.multiply(x), "multiply with itself"),
        of(1, excited(Shape.of(1, 1, 1)), "one number times its own excitation"),
        of(3, excited(Shape.of(13, 5, 4)), "excitation of 13 channels"),
        of(3, excited(Shape.of(32, 7, 7)), "excitation of 32 channels"),
        of(3, excited(Shape.of(5, 9)), "excitation of 5 channels of a sequence"),
        of(2, excited(Shape.of(17, 3, 2, 4)), "excitation of 17 channels of a volume"),
        of(3, attended(Shape.of(13, 5, 4)), "spatial attention over 13 channels"),
        of(2, attended(Shape.of(32, 3, 3)), "spatial attention over 32 channels"),
        of(3, Shape.of(3, 5, 4), new ChannelScale(1)),
        of(1, Shape.of(17, 3, 3), new ChannelScale(1)),
        of(3, Shape.of(33), new ChannelScale(1)),
        of(2, Shape.of(13, 7), new ChannelScale(1)),
        of(2, Shape.of(32, 2, 3, 4), new ChannelScale(1)),
        last(3, Shape.of(16, 4, 5), new ChannelScale(1)));
  }

  /** Squeeze and excitation. */
  private static Value excited(Shape in) {
    Value x = mix(Value.input(in), "before");
    Value gate = x.adaptiveAveragePool(1);
    return mix(x.multiply(mix(gate, "fc").activate(Function.SIGMOID)), "after");
  }

  private static Value attended(Shape in) {
    Value x = mix(Value.input(in), "before");
    return x.multiply(x.conv("attention", 1, 3).activate(Function.SIGMOID));
  }

  /** A residual branch that is dropped, of a value that is read again. */
  private static Value dropping(Value x) {
    Value y = mix(x, "conv1").activate(Function.SILU);
    Value z = mix(y, "conv2").norm("bn").apply("stochastic_depth", Dropout.sample(0.4));
    return mix(z.add(y), "conv3").dropout("dropout", 0.2);
  }

  /** Ops together: fan-out, residual additions, fused forms, every parameter kind. */
  private static List<Case> networks() {
    List<Case> cases = new ArrayList<>();
    for (Graph graph : List.of(residual(5, 7, 13), preactivated(), volume())) {
      cases.add(new Case(graph, 3));
      Graph fused = Fusion.apply(graph);
      cases.add(new Case(new Graph(graph.name() + ", fused", fused.nodes()), 3));
    }
    return cases;
  }

  /**
   * A residual network with everything that one has: strides, a projection, a free shortcut, pools.
   */
  static Graph residual(int first, int second, int third) {
    Value x = Value.input(Shape.of(3, 9, 9)).conv("conv1", first, 3).norm("bn1").relu();
    x = x.maxPool(3, 2, 1);
    x = x.within("a", v -> branch(v, second, 2).add(project(v, second)).relu());
    x = x.within("b", v -> branch(v, second, 1).add(v).relu());
    x = x.within("c", v -> branch(v, third, 2).add(free(v, third)).relu());
    return x.globalAveragePool().linear("fc", 5).graph("residual network of width " + first);
  }

  private static Value project(Value x, int width) {
    return x.conv("down", width, 1, 2).norm("norm");
  }

  private static Value free(Value x, int width) {
    return x.averagePool(1, 2, 0).padChannels(0, width - x.channels());
  }

  private static Value branch(Value x, int width, int stride) {
    return x.conv("conv1", width, 3, stride).norm("bn1").relu().conv("conv2", width, 3).norm("bn2");
  }

  /** Norms whose inputs are read again, sums without a norm, activations that do not fuse. */
  private static Graph preactivated() {
    Value x = Value.input(Shape.of(13, 5, 5));
    Value y = x.norm("bn1").relu().conv("conv1", Convolution.of(13, 3).groups(13).withBias());
    Value z = y.add(x).norm("bn2");
    z = z.activate(Function.SILU).conv("conv2", 13, 1).add(z).relu();
    return z.averagePool(2, 2, 0).flatten().linear("fc", 3).graph("pre-activated network");
  }

  private static Graph volume() {
    Value x = Value.input(Shape.of(3, 3, 5, 4)).conv("conv1", 5, 3, 2).norm("bn1").relu();
    x = x.conv("conv2", 5, 3).norm("bn2").add(x).relu();
    return x.globalAveragePool().linear("fc", 3).graph("network over volumes");
  }

  /** An op with parameters, alone. */
  static Case of(int batch, Shape in, Op op) {
    return of(batch, Value.input(in).apply("op", op), in + " " + op);
  }

  /** An op without parameters that reads the input; channels are mixed behind it. */
  static Case first(int batch, Shape in, Op op) {
    return of(batch, mix(apply(Value.input(in), op), "after"), in + " " + op);
  }

  /** An op without parameters that makes the output; channels are mixed in front of it. */
  static Case last(int batch, Shape in, Op op) {
    return of(batch, apply(mix(Value.input(in), "before"), op), in + " mixed, " + op);
  }

  private static Value apply(Value x, Op op) {
    return op instanceof Pool pool ? x.pool(pool) : x.apply("op", op);
  }

  /** Mixes channels at each position and keeps the shape. */
  static Value mix(Value x, String name) {
    return x.shape().spatialRank() == 0
        ? x.linear(name, x.channels())
        : x.conv(name, x.channels(), 1);
  }

  static Case of(int batch, Value value, String name) {
    return new Case(value.graph(name), batch);
  }

  /** An op that reads the input and its hyperbolic tangent, channels mixed behind it. */
  static Case ofTwo(int batch, Shape in, Op op) {
    List<Node> nodes = new ArrayList<>();
    nodes.add(new Node("input", new Input(in), List.of(), in));
    nodes.add(new Node("tanh", Activate.of(Function.TANH), List.of(0), in));
    nodes.add(new Node("op", op, List.of(0, 1), in));
    Op mix =
        in.spatialRank() == 0
            ? Linear.of(in.channels())
            : Convolution.of(in.channels(), 1).with(Window.square(1).forRank(in.spatialRank()));
    nodes.add(new Node("after", mix, List.of(2), in));
    return new Case(new Graph(String.format(Locale.ROOT, "%s twice %s", in, op), nodes), batch);
  }
}
