package org.convoy.artifact.onnx;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.ByteString;

/**
 * The nodes of an ONNX graph while it is written. Nodes are added in topological order; each has
 * one result, a value whose name no other value or initializer has.
 */
final class OnnxNodes {
  private final GraphProto.Builder graph;
  private final Set<String> names;

  /**
   * @param graph takes the nodes
   * @param taken names of initializers and inputs
   */
  OnnxNodes(GraphProto.Builder graph, Collection<String> taken) {
    this.graph = graph;
    this.names = new HashSet<>(taken);
  }

  /**
   * Adds a node.
   *
   * @param scope the beginning of the result's name
   * @param inputs names of values; an empty name is an optional input that is not given
   * @return the name of its result
   */
  String add(String scope, String operator, List<String> inputs, AttributeProto... attributes) {
    String result = unique(scope + "/" + operator);
    graph.addNode(
        NodeProto.newBuilder()
            .setName(result)
            .setOpType(operator)
            .addAllInput(inputs)
            .addOutput(result)
            .addAllAttribute(List.of(attributes)));
    return result;
  }

  /** A constant of whole numbers. */
  String integers(String scope, List<Integer> shape, long... values) {
    TensorProto.Builder tensor = constant(TensorProto.DataType.INT64, shape);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    return add(scope, "Constant", List.of(), value(tensor));
  }

  /** A constant of float32 numbers. */
  String floats(String scope, List<Integer> shape, float... values) {
    TensorProto.Builder tensor = constant(TensorProto.DataType.FLOAT, shape);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return add(scope, "Constant", List.of(), value(tensor));
  }

  /** Gives a value the name of an output of the graph. */
  void output(String value, String name) {
    int last = graph.getNodeCount() - 1;
    if (last >= 0 && graph.getNode(last).getOutput(0).equals(value)) {
      graph.getNodeBuilder(last).setOutput(0, name);
    } else {
      graph.addNode(
          NodeProto.newBuilder()
              .setName(name)
              .setOpType("Identity")
              .addInput(value)
              .addOutput(name));
    }
  }

  private String unique(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  private static TensorProto.Builder constant(TensorProto.DataType type, List<Integer> shape) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(type.getNumber());
    shape.forEach(tensor::addDims);
    return tensor;
  }

  private static AttributeProto value(TensorProto.Builder tensor) {
    return AttributeProto.newBuilder()
        .setName("value")
        .setType(AttributeType.TENSOR)
        .setT(tensor)
        .build();
  }

  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static AttributeProto attribute(String name, double value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF((float) value)
        .build();
  }

  static AttributeProto attribute(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto attribute(String name, List<Integer> values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    values.forEach(attribute::addInts);
    return attribute.build();
  }
}
