package org.convoy.artifact.onnx;

import static org.convoy.artifact.onnx.OnnxNodes.attribute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.convoy.graph.Activate;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.GlobalResponseNorm;
import org.convoy.graph.GroupNorm;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.Shape;

/** Normalisations, as in inference. */
final class OnnxNorms {
  private OnnxNorms() {}

  static String batch(BatchNorm op, OnnxSite site) {
    List<String> inputs = new ArrayList<>(List.of(site.input()));
    inputs.addAll(site.tensors());
    String value = site.add("BatchNormalization", inputs, attribute("epsilon", op.epsilon()));
    if (site.inputs().size() == 2) {
      value = site.add("Add", List.of(value, site.inputs().get(1)));
    }
    return op.activation().isPresent()
        ? OnnxActivations.add(Activate.of(op.activation().get()), site, value)
        : value;
  }

  /** ONNX normalises the last dimensions, so channels go there and come back. */
  static String layer(LayerNorm op, OnnxSite site) {
    int rank = site.shape().rank() + 1;
    boolean turns = op.over() == LayerNorm.Over.CHANNELS && rank > 2;
    List<Integer> channelsLast = new ArrayList<>(List.of(0));
    List<Integer> channelsFirst = new ArrayList<>(List.of(0, rank - 1));
    for (int i = 2; i < rank; i++) {
      channelsLast.add(i);
      channelsFirst.add(i - 1);
    }
    channelsLast.add(1);
    String value = site.input();
    if (turns) {
      value = site.add("Transpose", value, attribute("perm", channelsLast));
    }
    value =
        site.add(
            "LayerNormalization",
            List.of(value, site.tensors().get(0), site.tensors().get(1)),
            attribute("axis", op.over() == LayerNorm.Over.CHANNELS ? -1 : 1),
            attribute("epsilon", op.epsilon()));
    return turns ? site.add("Transpose", value, attribute("perm", channelsFirst)) : value;
  }

  /**
   * Instance normalisation of groups as if they were channels. Before opset 21 ONNX has a scale per
   * group, not per channel.
   */
  static String group(GroupNorm op, OnnxSite site) {
    Shape shape = site.shape();
    int each = Math.toIntExact(shape.elements() / op.groups());
    String ones = constant(site, op.groups(), 1);
    String zeros = constant(site, op.groups(), 0);
    String groups = site.reshape(site.input(), List.of(op.groups(), each));
    String normal =
        site.add(
            "InstanceNormalization",
            List.of(groups, ones, zeros),
            attribute("epsilon", op.epsilon()));
    String value = site.reshape(normal, shape);
    return op.affine() ? affine(site, value) : value;
  }

  private static String constant(OnnxSite site, int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return site.nodes().floats(site.name(), List.of(length), values);
  }

  /** Times the node's first tensor, plus its second. */
  private static String affine(OnnxSite site, String value) {
    String scaled = site.add("Mul", List.of(value, site.perChannel(site.tensors().get(0))));
    return site.add("Add", List.of(scaled, site.perChannel(site.tensors().get(1))));
  }

  static String localResponse(LocalResponseNorm op, OnnxSite site) {
    Shape shape = site.shape();
    boolean image = shape.rank() == 3;
    String value = site.input();
    if (!image) {
      // Some runtimes take images alone.
      value = site.reshape(value, List.of(shape.channels(), Math.toIntExact(shape.positions()), 1));
    }
    value =
        site.add(
            "LRN",
            value,
            attribute("size", op.size()),
            attribute("alpha", op.alpha()),
            attribute("beta", op.beta()),
            attribute("bias", op.k()));
    return image ? value : site.reshape(value, shape);
  }

  static String globalResponse(GlobalResponseNorm op, OnnxSite site) {
    String x = site.input();
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < site.shape().spatialRank(); i++) {
      positions.add(2 + i);
    }
    String norms =
        positions.isEmpty()
            ? site.add("Abs", x)
            : site.add("ReduceL2", x, attribute("axes", positions));
    String mean = site.add("ReduceMean", norms, attribute("axes", Collections.singletonList(1)));
    String positive = site.add("Add", List.of(mean, site.scalar(op.epsilon())));
    String factor = site.add("Div", List.of(norms, positive));
    String scaled = site.add("Mul", List.of(x, factor));
    return site.add("Add", List.of(affine(site, scaled), x));
  }
}
