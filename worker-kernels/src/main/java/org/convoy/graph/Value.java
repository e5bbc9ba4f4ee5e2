package org.convoy.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * One op's result with its shape, while a network is built. Each method adds an op that reads this
 * value, and returns the new value. A shape that an op cannot take is refused at once.
 *
 * <p>Names are paths. An op's name follows the scope of the value that it is added to. {@link
 * #within} opens a scope. An op without a name is named by its word:
 *
 * <pre>{@code
 * Value x = Value.input(Shape.of(3, 32, 32));
 * x = x.conv("conv1", 16, 3).norm("bn1").relu();                 // conv1, bn1, relu
 * x = x.within("layer1.0", v -> v.conv("conv1", 16, 3).relu());  // layer1.0.conv1, layer1.0.relu
 * Graph graph = x.globalAveragePool().linear("fc", 10).graph("tiny");
 * }</pre>
 */
public final class Value {
  private final GraphBuilder builder;
  private final int node;
  private final String scope;

  private Value(GraphBuilder builder, int node, String scope) {
    this.builder = builder;
    this.node = node;
    this.scope = scope;
  }

  /** Starts a network. */
  public static Value input(Shape shape) {
    GraphBuilder builder = new GraphBuilder();
    return new Value(builder, builder.add("input", new Input(shape), List.of()), "");
  }

  /**
   * Starts a network of several inputs of one size.
   *
   * @param spatial the size
   * @return one value for each input, in their order
   */
  public static List<Value> inputs(List<Integer> spatial, Input.Part... parts) {
    GraphBuilder builder = new GraphBuilder();
    int channels = Stream.of(parts).mapToInt(Input.Part::channels).sum();
    Input joint = new Input(Shape.of(channels, spatial), List.of(parts));
    List<Integer> whole = List.of(builder.add("input", joint, List.of()));
    return joint.parts().stream()
        .map(part -> new Value(builder, builder.add(part.name(), joint.slice(part), whole), ""))
        .toList();
  }

  public Shape shape() {
    return builder.shape(node);
  }

  public int channels() {
    return shape().channels();
  }

  /** The result of {@code body} on this value; its names follow {@code name} and a dot. */
  public Value within(String name, UnaryOperator<Value> body) {
    Value result = body.apply(new Value(builder, node, path(name)));
    return new Value(builder, result.node, scope);
  }

  /** A convolution of stride 1 without bias that keeps the size. */
  public Value conv(String name, int outChannels, int kernel) {
    return conv(name, Convolution.of(outChannels, kernel));
  }

  /** A convolution without bias, padded as for stride 1. */
  public Value conv(String name, int outChannels, int kernel, int stride) {
    return conv(name, Convolution.of(outChannels, kernel).stride(stride));
  }

  public Value conv(String name, Convolution convolution) {
    return apply(name, convolution.with(convolution.window().forRank(shape().spatialRank())));
  }

  public Value transposedConv(String name, TransposedConvolution convolution) {
    return apply(name, convolution.forRank(shape().spatialRank()));
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

  /** Group normalisation with torch's defaults. */
  public Value groupNorm(String name, int groups) {
    return apply(name, GroupNorm.of(groups));
  }

  /** Group normalisation of each channel separately, scaled and shifted if {@code affine}. */
  public Value instanceNorm(String name, boolean affine) {
    GroupNorm norm = GroupNorm.of(channels());
    return apply(name, affine ? norm : norm.plain());
  }

  /** Global response normalisation with the paper's epsilon. */
  public Value responseNorm(String name) {
    return apply(name, GlobalResponseNorm.standard());
  }

  /** A rectifier that learns a slope for each channel, with torch's initial value. */
  public Value prelu(String name) {
    return apply(name, PRelu.of(true));
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

  /** Softmax over the channels. */
  public Value softmax() {
    return apply("", new Softmax());
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

  /** Each channel's means over a grid with this number of bins in every spatial dimension. */
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

  /** Each channel times a learned factor with the initial value {@code initial}. */
  public Value channelScale(String name, double initial) {
    return apply(name, new ChannelScale(initial));
  }

  /** Concatenates the channels of all values, in the first one's scope. */
  public static Value concat(Value first, Value... others) {
    List<Integer> inputs = new ArrayList<>(List.of(first.node));
    for (Value other : others) {
      if (other.builder != first.builder) {
        throw new GraphException("concat: the values belong to different networks");
      }
      inputs.add(other.node);
    }
    GraphBuilder builder = first.builder;
    return new Value(builder, builder.add(first.path(""), new Concat(), inputs), first.scope);
  }

  /** Adds channels of zeros before and after. */
  public Value padChannels(int before, int after) {
    return apply("", new PadChannels(before, after));
  }

  /** Drops each element with this probability in training. */
  public Value dropout(String name, double probability) {
    return apply(name, Dropout.element(probability));
  }

  /** Channels {@code [from, to)}. */
  public Value channels(int from, int to) {
    return slice(0, from, to);
  }

  /** Indices {@code [from, to)} of one dimension: 0 for channels, from 1 on a spatial one. */
  public Value slice(int dimension, int from, int to) {
    return apply("", new Slice(dimension, from, to));
  }

  /** Adds positions of zeros before and after each spatial dimension. */
  public Value pad(List<Integer> before, List<Integer> after) {
    return apply("", new Pad(before, after));
  }

  /** The padding of a window, as a separate op. */
  public Value pad(Window window) {
    Window fitting = window.forRank(shape().spatialRank());
    return pad(fitting.padBefore(), fitting.padAfter());
  }

  /** Interleaves groups of channels. */
  public Value shuffle(int groups) {
    return apply("", new ChannelShuffle(groups));
  }

  /** Resizes to these spatial dimensions. */
  public Value resize(Resize.Method method, List<Integer> size) {
    return apply("", new Resize(method, size));
  }

  /** Resizes every spatial dimension by a factor, rounding down. */
  public Value resize(Resize.Method method, double factor) {
    return apply("", Resize.by(method, factor, shape()));
  }

  /**
   * The matrix product with another value of the same network, each a matrix of channels by
   * positions, or its transpose if so requested.
   */
  public Value product(boolean transposed, Value other, boolean otherTransposed) {
    if (other.builder != builder) {
      throw new GraphException("product: the two values belong to different networks");
    }
    Op op = new MatrixProduct(transposed, otherTransposed);
    return new Value(builder, builder.add(path(""), op, List.of(node, other.node)), scope);
  }

  /** Adds a learned vector to each of the first positions of a sequence. */
  public Value embedding(String name, int positions, Initializer initializer) {
    return apply(name, new Embedding(positions, initializer));
  }

  /** The attention of these queries to keys, as means of values, all sequences of one network. */
  public Value attention(int heads, Value keys, Value values) {
    if (keys.builder != builder || values.builder != builder) {
      throw new GraphException("attention: the values belong to different networks");
    }
    List<Integer> inputs = List.of(node, keys.node, values.node);
    return new Value(builder, builder.add(path(""), new Attention(heads), inputs), scope);
  }

  /** {@link #attention} between images, with a learned addend for each relative position. */
  public Value relativeAttention(String name, RelativeAttention op, Value keys, Value values) {
    if (keys.builder != builder || values.builder != builder) {
      throw new GraphException("relative attention: the values belong to different networks");
    }
    List<Integer> inputs = List.of(node, keys.node, values.node);
    return new Value(builder, builder.add(path(name), op, inputs), scope);
  }

  /** Gives the same elements in the same order another shape. */
  public Value reshape(Shape shape) {
    return apply("", new Reshape(shape));
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

  /** Adds any op that reads only this value. An empty name means the op's word. */
  public Value apply(String name, Op op) {
    return new Value(builder, builder.add(path(name), op, List.of(node)), scope);
  }

  /** The network that computes this value, without nodes that it does not depend on. */
  public Graph graph(String name) {
    return builder.graph(name, node);
  }

  /**
   * The network that computes this value as its main output, and auxiliary outputs that help to
   * train it.
   *
   * @param weight of the loss of each auxiliary output; the main one has 1
   */
  public Graph graph(String name, double weight, Value... auxiliary) {
    List<Output> outputs = new ArrayList<>(List.of(new Output(builder.name(node), 1)));
    for (Value each : auxiliary) {
      outputs.add(new Output(builder.name(each.node), weight));
    }
    Graph joint = concat(this, auxiliary).graph(name);
    return new Graph(name, joint.nodes(), outputs);
  }

  private String path(String name) {
    if (name.isEmpty()) {
      return scope.isEmpty() ? "" : scope + ".";
    }
    return scope.isEmpty() ? name : scope + "." + name;
  }
}
