package org.convoy.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.ReceptiveField;
import org.convoy.graph.ReceptiveFields;

/** The layers of a network: what each computes, what it costs and what it sees of the image. */
record LayerTable(Graph graph, List<Layer> layers) {

  /**
   * One layer.
   *
   * @param parameters number of trained elements
   * @param multiplyAdds of one sample's forward pass
   */
  private record Layer(Node node, long parameters, long multiplyAdds, ReceptiveField field) {
    String[] cells() {
      return new String[] {
        node.name(),
        node.op().word(),
        node.shape().toString(),
        String.format(Locale.ROOT, "%,d", parameters),
        String.format(Locale.ROOT, "%,d", multiplyAdds),
        field.strideText(),
        field.sizeText()
      };
    }

    Map<String, Object> toJson() {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("name", node.name());
      object.put("op", node.op().word());
      object.put("shape", node.shape());
      object.put("parameters", parameters);
      object.put("multiply_adds", multiplyAdds);
      if (!field.isWhole()) {
        object.put("stride", field.stride());
        object.put("receptive_field", field.size());
      }
      return object;
    }
  }

  static LayerTable of(Graph graph) {
    Parameters layout = Parameters.of(graph);
    List<ReceptiveField> fields = ReceptiveFields.of(graph);
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      long trained =
          layout.of(graph, node).stream()
              .filter(tensor -> tensor.kind().trainable())
              .mapToLong(Parameter::length)
              .sum();
      long multiplyAdds = node.op().multiplyAdds(graph.inputShapes(node));
      layers.add(new Layer(node, trained, multiplyAdds, fields.get(i)));
    }
    return new LayerTable(graph, layers);
  }

  void print(PrintWriter out) {
    List<String[]> rows = new ArrayList<>();
    rows.add(
        new String[] {
          "layer", "op", "shape", "parameters", "multiply-adds", "stride", "receptive field"
        });
    layers.forEach(layer -> rows.add(layer.cells()));
    rows.add(
        new String[] {
          graph.name(),
          "",
          graph.inputShape() + " to " + graph.outputShape(),
          String.format(Locale.ROOT, "%,d", Parameters.of(graph).trainableLength()),
          String.format(Locale.ROOT, "%,d", graph.multiplyAdds()),
          "",
          ""
        });
    new TextTable(3).print(rows, out);
  }

  Map<String, Object> toJson() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", graph.name());
    object.put("input", graph.inputShape());
    object.put("parameters", Parameters.of(graph).trainableLength());
    object.put("multiply_adds", graph.multiplyAdds());
    object.put("layers", layers.stream().map(Layer::toJson).toList());
    return object;
  }
}
