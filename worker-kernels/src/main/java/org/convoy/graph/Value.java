package org.convoy.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A symbol while a network is written: one op's result, with its shape. Each method adds an op that
 * reads this value and returns the new one; a shape that an op cannot take is refused on the spot.
 *
 * <p>Names are paths. A name given to an op stands behind the scope of the value it is called on,
 * {@link #within} opens a scope, and an op without a name is called by its word:
 *
 * <pre>{@code
 * Value x = Value.input(Shape.of(3, 32, 32));
 * x = x.conv("conv1", 16, 3).norm("bn1").relu();                 // conv1, bn1, relu
 * x = x.within("layer1.0", v -> v.conv("conv1", 16, 3).relu());  // layer1.0.conv1, layer1.0.relu
 * Graph graph = x.globalAveragePool().linear("fc", 10).graph("tiny");
 * }</pre>
 */
public final class Value {
  private final Builder builder;
  private final int node;
  private final String scope;

  private Value(Builder builder, int node, String scope) {
    this.builder = builder;
    this.node = node;
    this.scope = scope;
  }

  /** Starts a network. */
  public static Value input(Shape shape) {
    Builder builder = new Builder();
    return new Value(builder, builder.add("input", new Input(shape), List.of()), "");
  }

  public Shape shape() {
    return builder.nodes.get(node).shape();
  }

  public int channels() {
    return shape().channels();
  }

  /** What {@code body} makes of this value, its names behind {@code name} and a dot. */
  public Value within(String name, UnaryOperator<Value> body) {
    Value result = body.apply(new Value(builder, node, path(name)));
    return new Value(builder, result.node, scope);
  }

  /** A convolution without bias and of stride 1 that keeps the size. */
  public Value conv(String name, int outChannels, int kernel) {
    return conv(name, Convolution.of(outChannels, kernel));
  }

  /** A convolution without bias that is padded as for stride 1. */
  public Value conv(String name, int outChannels, int kernel, int stride) {
    return conv(name, Convolution.of(outChannels, kernel).stride(stride));
  }

  public Value conv(String name, Convolution convolution) {
    return apply(name, convolution.with(convolution.window().forRank(shape().spatialRank())));
  }

  /** Batch normalisation with torch's defaults. */
  public Value norm(String name) {
    return apply(name, BatchNorm.standard());
  }

  public Value norm(String name, BatchNorm norm) {
    return apply(name, norm);
  }

  public Value norm(String name, LayerNorm norm) {
    return apply(name, norm);
  }

  public Value relu() {
    return activate(Activate.Function.RELU);
  }

  public Value activate(Activate.Function function) {
    return activate(Activate.of(function));
  }

  public Value activate(Activate activate) {
    return apply("", activate);
  }

  public Value maxPool(int kernel, int stride, int padding) {
    return pool(Pool.max(kernel, stride, padding));
  }

  public Value averagePool(int kernel, int stride, int padding) {
    return pool(Pool.average(kernel, stride, padding));
  }

  public Value pool(Pool pool) {
    Window window = pool.window().forRank(shape().spatialRank());
    return apply("", new Pool(pool.kind(), window, pool.countPadding(), pool.ceil()));
  }

  public Value globalAveragePool() {
    return apply("", new GlobalAveragePool());
  }

  /** Each channel's means over a grid of so many bins in every spatial dimension. */
  public Value adaptiveAveragePool(int size) {
    List<Integer> output = Collections.nCopies(shape().spatialRank(), size);
    return apply("", new AdaptiveAveragePool(output));
  }

  /** The sum of this value and another of the same network and shape. */
  public Value add(Value other) {
    return with(new Add(), other);
  }

  /** The product with another value of the same network, of a shape that {@link Multiply} takes. */
  public Value multiply(Value other) {
    return with(new Multiply(), other);
  }

  private Value with(Op op, Value other) {
    if (other.builder != builder) {
      throw new GraphException(op.word() + ": the two values belong to different networks");
    }
    return new Value(builder, builder.add(path(""), op, List.of(node, other.node)), scope);
  }

  /** Each channel times a learned factor that starts from {@code initial}. */
  public Value channelScale(String name, double initial) {
    return apply(name, new ChannelScale(initial));
  }

  /** The channels of all values one after the other, in the first one's scope. */
  public static Value concat(Value first, Value... others) {
    List<Integer> inputs = new ArrayList<>(List.of(first.node));
    for (Value other : others) {
      if (other.builder != first.builder) {
        throw new GraphException("concat: the values belong to different networks");
      }
      inputs.add(other.node);
    }
    Builder builder = first.builder;
    return new Value(builder, builder.add(first.path(""), new Concat(), inputs), first.scope);
  }

  /** Channels of zeros in front and behind. */
  public Value padChannels(int before, int after) {
    return apply("", new PadChannels(before, after));
  }

  /** Drops each element with this probability in training. */
  public Value dropout(String name, double probability) {
    return apply(name, Dropout.element(probability));
  }

  public Value flatten() {
    return apply("", new Flatten());
  }

  /** A matrix product with bias. */
  public Value linear(String name, int outFeatures) {
    return linear(name, Linear.of(outFeatures));
  }

  public Value linear(String name, Linear linear) {
    return apply(name, linear);
  }

  /** Adds any op that reads this value alone. An empty name stands for the op's word. */
  public Value apply(String name, Op op) {
    return new Value(builder, builder.add(path(name), op, List.of(node)), scope);
  }

  /** The network that computes this value; nodes that do not lead to it are left out. */
  public Graph graph(String name) {
    return builder.graph(name, node);
  }

  private String path(String name) {
    if (name.isEmpty()) {
      return scope.isEmpty() ? "" : scope + ".";
    }
    return scope.isEmpty() ? name : scope + "." + name;
  }

  /** The nodes so far. */
  private static final class Builder {
    final List<Node> nodes = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    int add(String path, Op op, List<Integer> inputs) {
      boolean named = !path.isEmpty() && !path.endsWith(".");
      String name = named ? path : path + op.word();
      List<Shape> shapes = inputs.stream().map(input -> nodes.get(input).shape()).toList();
      Shape shape;
      try {
        shape = op.infer(shapes);
      } catch (GraphException e) {
        throw new GraphException(name + ": " + e.getMessage());
      }
      if (!names.add(name)) {
        if (named) {
          throw new GraphException(name + ": the name is taken already");
        }
        int number = 1;
        while (!names.add(name + "_" + number)) {
          number++;
        }
        name = name + "_" + number;
      }
      nodes.add(new Node(name, op, inputs, shape));
      return nodes.size() - 1;
    }

    Graph graph(String name, int result) {
      boolean[] wanted = new boolean[result + 1];
      wanted[0] = true;
      wanted[result] = true;
      for (int i = result; i >= 0; i--) {
        if (wanted[i]) {
          nodes.get(i).inputs().forEach(input -> wanted[input] = true);
        }
      }
      int[] place = new int[result + 1];
      List<Node> kept = new ArrayList<>();
      for (int i = 0; i <= result; i++) {
        if (wanted[i]) {
          Node node = nodes.get(i);
          place[i] = kept.size();
          List<Integer> inputs = node.inputs().stream().map(input -> place[input]).toList();
          kept.add(new Node(node.name(), node.op(), inputs, node.shape()));
        }
      }
      return new Graph(name, kept);
    }
  }
}
