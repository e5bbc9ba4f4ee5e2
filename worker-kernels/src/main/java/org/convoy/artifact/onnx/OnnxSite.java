package org.convoy.artifact.onnx;

import java.util.ArrayList;
import java.util.List;
import onnx.Onnx.AttributeProto;
import org.convoy.graph.Shape;

/**
 * The place of one node of a network in the ONNX graph.
 *
 * @param nodes takes what the node becomes
 * @param name of the node
 * @param inputs names of the values that it reads
 * @param shapes of these values, without the batch
 * @param output the shape of its result, without the batch
 * @param tensors names of the node's own tensors, in the order of its op
 */
record OnnxSite(
    OnnxNodes nodes,
    String name,
    List<String> inputs,
    List<Shape> shapes,
    Shape output,
    List<String> tensors) {

  /** The first value that the node reads. */
  String input() {
    return inputs.get(0);
  }

  /** The shape of the first value. */
  Shape shape() {
    return shapes.get(0);
  }

  /** Adds an operator; returns its result. */
  String add(String operator, List<String> inputs, AttributeProto... attributes) {
    return nodes.add(name, operator, inputs, attributes);
  }

  /** Adds an operator on one value. */
  String add(String operator, String input, AttributeProto... attributes) {
    return nodes.add(name, operator, List.of(input), attributes);
  }

  /** A constant vector of whole numbers. */
  String integers(List<Integer> values) {
    long[] array = values.stream().mapToLong(Integer::longValue).toArray();
    return nodes.integers(name, List.of(array.length), array);
  }

  /** A constant number. */
  String scalar(double value) {
    return nodes.floats(name, List.of(), (float) value);
  }

  /** A constant matrix of float32 numbers, row by row. */
  String matrix(int rows, int columns, float[] values) {
    return nodes.floats(name, List.of(rows, columns), values);
  }

  /** Gives a value of any batch another shape. */
  String reshape(String value, Shape shape) {
    return reshape(value, shape.dimensions());
  }

  /** Gives a value of any batch another shape; one dimension may be -1, what is left. */
  String reshape(String value, List<Integer> dimensions) {
    // 0 stands for the size that the dimension has.
    List<Integer> all = new ArrayList<>(List.of(0));
    all.addAll(dimensions);
    return add("Reshape", List.of(value, integers(all)));
  }

  /**
   * A tensor of one element per channel in a shape that is broadcast over samples and positions.
   */
  String perChannel(String tensor) {
    if (shape().spatialRank() == 0) {
      return tensor;
    }
    List<Integer> dimensions = new ArrayList<>(List.of(-1));
    shape().spatial().forEach(any -> dimensions.add(1));
    return add("Reshape", List.of(tensor, integers(dimensions)));
  }

  /** A value with two of its dimensions exchanged; dimension 0 is the batch. */
  String exchange(String value, int rank, int one, int other) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      order.add(i == one ? other : i == other ? one : i);
    }
    return add("Transpose", value, OnnxNodes.attribute("perm", order));
  }
}
