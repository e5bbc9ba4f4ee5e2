package org.convoy.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The layout of a network's flat vector: every trained tensor in node order, then every running statistic in node order. Each is dense, in C order and without padding. Gradients, optimizer state and the vectors that executors exchange have the same layout.
 *
 * <p>Two layouts are equal if all their tensors are equal. Then a vector of one fits the other, as for one network at two resolutions ({@link Graph#at}).
 */
public final class Parameters {
  private static final int STRIP = 1 << 16;

  private final List<Parameter> all;
  private final Map<String, Parameter> byName = new HashMap<>();
  private final long trainableLength;
  private final long length;

  private Parameters(List<Parameter> all, long trainableLength, long length) {
    this.all = List.copyOf(all);
    this.trainableLength = trainableLength;
    this.length = length;
    all.forEach(parameter -> byName.put(parameter.name(), parameter));
  }

  public static Parameters of(Graph graph) {
    List<Parameter> placed = new ArrayList<>();
    long trainable = place(graph, true, 0, placed);
    long length = place(graph, false, trainable, placed);
    return new Parameters(placed, trainable, length);
  }

  private static long place(Graph graph, boolean trainable, long from, List<Parameter> placed) {
    long offset = from;
    for (Node node : graph.nodes()) {
      for (ParameterSpec spec : node.op().parameters(graph.inputShapes(node))) {
        if (spec.kind().trainable() == trainable) {
          placed.add(
              new Parameter(
                  name(node, spec), spec.shape(), spec.kind(), offset, spec.initializer()));
          offset = Math.addExact(offset, spec.shape().elements());
        }
      }
    }
    return offset;
  }

  private static String name(Node node, ParameterSpec spec) {
    return spec.suffix().isEmpty() ? node.name() : node.name() + "." + spec.suffix();
  }

  /** Every tensor in the order of the vector. */
  public List<Parameter> all() {
    return all;
  }

  /**
   * The tensor of this name.
   *
   * @throws GraphException if there is none
   */
  public Parameter get(String name) {
    Parameter parameter = byName.get(name);
    if (parameter == null) {
      throw new GraphException("no parameter is named " + name);
    }
    return parameter;
  }

  public boolean contains(String name) {
    return byName.containsKey(name);
  }

  /** The tensors of one node, in the order in which its op lists them. */
  public List<Parameter> of(Graph graph, Node node) {
    return node.op().parameters(graph.inputShapes(node)).stream()
        .map(spec -> get(name(node, spec)))
        .toList();
  }

  /** The number of elements of the trained tensors, which come first. */
  public long trainableLength() {
    return trainableLength;
  }

  /** The number of elements of the whole vector. */
  public long length() {
    return length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Parameters layout && all.equals(layout.all);
  }

  @Override
  public int hashCode() {
    return all.hashCode();
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d tensors, %d elements", all.size(), length);
  }

  /** A view of one tensor within a flat vector of this layout, in the tensor's shape. */
  public INDArray view(INDArray flat, Parameter parameter) {
    return flat.get(
            org.nd4j.linalg.indexing.NDArrayIndex.interval(parameter.offset(), parameter.end()))
        .reshape('c', parameter.shape().toArray());
  }

  /**
   * A new flat vector with the initial values of every tensor.
   *
   * @param type {@code FLOAT} or {@code DOUBLE}
   */
  public INDArray initialize(long seed, DataType type) {
    INDArray flat = Nd4j.createUninitialized(type, length);
    all.parallelStream()
        .forEach(parameter -> fill(flat, parameter, new Draws(seed, parameter.name())));
    return flat;
  }

  private static void fill(INDArray flat, Parameter parameter, Draws draws) {
    long strips = (parameter.length() + STRIP - 1) / STRIP;
    IntStream.range(0, Math.toIntExact(strips))
        .parallel()
        .forEach(
            strip -> {
              long from = (long) strip * STRIP;
              long to = Math.min(parameter.length(), from + STRIP);
              for (long i = from; i < to; i++) {
                double value = parameter.initializer().draw(draws, i, parameter.shape());
                flat.data().put(parameter.offset() + i, value);
              }
            });
  }
}
