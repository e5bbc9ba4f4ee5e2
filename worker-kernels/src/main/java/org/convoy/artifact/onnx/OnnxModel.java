package org.convoy.artifact.onnx;

import static org.convoy.artifact.onnx.OnnxNodes.attribute;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.NamedWeights;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.Sha256;
import org.convoy.artifact.Tensor;
import org.convoy.graph.Graph;
import org.convoy.graph.Input;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Preprocessing;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/**
 * A network as an ONNX model, ready to write. It has one input and one output:
 *
 * <pre>
 *   input          (batch, channels, height, width) float32, normalised
 *   or image       (batch, height, width, channels) uint8
 *   logits         (batch, classes) float32
 *   or probabilities
 * </pre>
 *
 * <p>A network of several inputs has each by its name in place of {@code input}.
 *
 * <p>Initializers are exactly the network's tensors, by their names; other constants are nodes. The
 * metadata are strings: {@code labels} (a JSON array in the order of the outputs), {@code
 * preprocessing} (as in a saved model), {@code weights_sha256} and {@code recipe_sha256} of the
 * saved model, {@code data_fingerprint}.
 *
 * <p>The weights are not copied: the message points into the memory of the flat vector, which the
 * model keeps until it is closed.
 */
final class OnnxModel implements AutoCloseable {
  /** Of the first release with LayerNormalization. */
  static final int OPSET = 17;

  /** The version of the file format that belongs to the opset. */
  static final int IR_VERSION = 8;

  /** A protocol buffer has at most 2 GiB; what is not weights needs some of it. */
  private static final long MOST_WEIGHT_BYTES = Integer.MAX_VALUE - (64L << 20);

  private static final String BATCH = "batch";

  private final ModelProto model;
  private final INDArray weights;
  private final boolean owned;

  private OnnxModel(ModelProto model, INDArray weights, boolean owned) {
    this.model = model;
    this.weights = weights;
    this.owned = owned;
  }

  /**
   * The ONNX model of a saved one.
   *
   * @throws UnsupportedOperationException if the network takes no images but should, or is too
   *     large for one file
   */
  static OnnxModel of(SavedModel saved, ExportOptions options) {
    long bytes = saved.weights().length() * Float.BYTES;
    if (bytes > MOST_WEIGHT_BYTES) {
      throw new UnsupportedOperationException(
          String.format(
              Locale.ROOT,
              "onnx: expected at most %,d bytes of weights in one file, got %,d",
              MOST_WEIGHT_BYTES,
              bytes));
    }
    if (!options.foldNorms()) {
      ModelProto model = model(saved, saved.graph(), saved.weights(), options);
      return new OnnxModel(model, saved.weights(), false);
    }
    NormFolding folded = NormFolding.of(saved.graph(), saved.weights());
    try {
      ModelProto model = model(saved, folded.graph(), folded.weights(), options);
      return new OnnxModel(model, folded.weights(), true);
    } catch (RuntimeException e) {
      folded.weights().close();
      throw e;
    }
  }

  private static ModelProto model(
      SavedModel saved, Graph graph, INDArray weights, ExportOptions options) {
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("convoy")
            .setProducerVersion(saved.origin().codeVersion())
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
            .setGraph(graph(saved, graph, weights, options));
    metadata(saved)
        .forEach(
            (key, value) ->
                model.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return model.build();
  }

  private static Map<String, String> metadata(SavedModel saved) {
    try {
      return new TreeMap<>(
          Map.of(
              "labels", new ObjectMapper().writeValueAsString(saved.labels()),
              "preprocessing", saved.preprocessing().toString(),
              "weights_sha256", saved.weightsSha256(),
              "recipe_sha256", Sha256.of(saved.origin().recipe()),
              "data_fingerprint", saved.origin().dataFingerprint()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static GraphProto graph(
      SavedModel saved, Graph graph, INDArray weights, ExportOptions options) {
    GraphProto.Builder proto = GraphProto.newBuilder().setName(graph.name());
    Parameters layout = Parameters.of(graph);
    List<String> taken = new ArrayList<>(List.of("input", "image", "logits", "probabilities"));
    for (Tensor tensor : NamedWeights.tensors(layout, weights)) {
      taken.add(tensor.name());
      proto.addInitializer(
          TensorProto.newBuilder()
              .setName(tensor.name())
              .setDataType(TensorProto.DataType.FLOAT.getNumber())
              .addAllDims(tensor.shape())
              .setRawData(UnsafeByteOperations.unsafeWrap(tensor.content())));
    }
    Input input = graph.input();
    input.parts().forEach(part -> taken.add(part.name()));
    OnnxNodes nodes = new OnnxNodes(proto, taken);
    List<String> values = new ArrayList<>();
    values.add(options.imageInput() ? image(saved, proto, nodes) : inputs(input, proto));
    for (Node node : graph.nodes().subList(1, graph.nodes().size())) {
      if (!input.parts().isEmpty() && node.inputs().contains(0)) {
        values.add(node.name());
        continue;
      }
      values.add(
          OnnxOps.add(
              node.op(),
              new OnnxSite(
                  nodes,
                  node.name(),
                  node.inputs().stream().map(values::get).toList(),
                  graph.inputShapes(node),
                  node.shape(),
                  layout.of(graph, node).stream().map(Parameter::name).toList())));
    }
    String logits = values.get(values.size() - 1);
    String result =
        switch (options.output()) {
          case LOGITS -> logits;
          case SOFTMAX -> nodes.add("output", "Softmax", List.of(logits), attribute("axis", 1));
          case SIGMOID -> nodes.add("output", "Sigmoid", List.of(logits));
        };
    String name = options.output() == ExportOptions.Output.LOGITS ? "logits" : "probabilities";
    nodes.output(result, name);
    List<Integer> shape = graph.outputShape().dimensions();
    return proto.addOutput(value(name, TensorProto.DataType.FLOAT, shape)).build();
  }

  /** The name of the one input; of several each is added by its name, and no node reads all. */
  private static String inputs(Input input, GraphProto.Builder proto) {
    if (input.parts().isEmpty()) {
      proto.addInput(value("input", TensorProto.DataType.FLOAT, input.shape().dimensions()));
    }
    for (Input.Part part : input.parts()) {
      List<Integer> shape = input.shape(part).dimensions();
      proto.addInput(value(part.name(), TensorProto.DataType.FLOAT, shape));
    }
    return "input";
  }

  /** Pixels to normalised floats, by the operations of {@link Normalisation} in their order. */
  private static String image(SavedModel saved, GraphProto.Builder proto, OnnxNodes nodes) {
    Shape shape = saved.graph().inputShape();
    if (shape.rank() != 3 || !saved.graph().input().parts().isEmpty()) {
      throw new UnsupportedOperationException(
          String.format(
              Locale.ROOT,
              "onnx: expected a network of one image as the input is to be pixels, got one of %s",
              saved.graph().input()));
    }
    Normalisation normalisation = Preprocessing.fromJson(saved.preprocessing()).normalisation();
    int channels = shape.channels();
    proto.addInput(
        value(
            "image",
            TensorProto.DataType.UINT8,
            List.of(shape.dimension(1), shape.dimension(2), channels)));
    String scope = "normalise";
    String floats =
        nodes.add(
            scope,
            "Cast",
            List.of("image"),
            attribute("to", TensorProto.DataType.FLOAT.getNumber()));
    String planes =
        nodes.add(scope, "Transpose", List.of(floats), attribute("perm", List.of(0, 3, 1, 2)));
    String unit = nodes.add(scope, "Div", List.of(planes, nodes.floats(scope, List.of(), 255)));
    String centred =
        nodes.add(scope, "Sub", List.of(unit, constant(nodes, scope, normalisation.mean())));
    return nodes.add(scope, "Div", List.of(centred, constant(nodes, scope, normalisation.std())));
  }

  private static String constant(OnnxNodes nodes, String scope, List<Float> perChannel) {
    float[] values = new float[perChannel.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = perChannel.get(i);
    }
    return nodes.floats(scope, List.of(values.length, 1, 1), values);
  }

  private static ValueInfoProto value(
      String name, TensorProto.DataType type, List<Integer> sample) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimParam(BATCH);
    sample.forEach(size -> shape.addDimBuilder().setDimValue(size));
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }

  /**
   * An input or output.
   *
   * @param bytes whether it is uint8, not float32
   * @param sample its dimensions without the batch
   */
  record Value(String name, boolean bytes, List<Integer> sample) {
    private static Value of(ValueInfoProto value) {
      TypeProto.Tensor type = value.getType().getTensorType();
      List<Integer> sample = new ArrayList<>();
      type.getShape().getDimList().forEach(size -> sample.add((int) size.getDimValue()));
      return new Value(
          value.getName(),
          type.getElemType() == TensorProto.DataType.UINT8.getNumber(),
          List.copyOf(sample.subList(1, sample.size())));
    }
  }

  /** The only input. */
  Value input() {
    return Value.of(model.getGraph().getInput(0));
  }

  /** The only output. */
  Value output() {
    return Value.of(model.getGraph().getOutput(0));
  }

  /** Length of the file. */
  long bytes() {
    return model.getSerializedSize();
  }

  /** Writes the file. */
  void writeTo(OutputStream out) throws IOException {
    model.writeTo(out);
  }

  @Override
  public void close() {
    if (owned) {
      weights.close();
    }
  }
}
