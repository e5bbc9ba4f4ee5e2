package org.convoy.artifact.onnx;

import static org.convoy.artifact.onnx.OnnxNodes.attribute;

import java.util.ArrayList;
import java.util.List;
import onnx.Onnx.AttributeProto;
import org.convoy.graph.AdaptiveAveragePool;
import org.convoy.graph.Convolution;
import org.convoy.graph.Pool;
import org.convoy.graph.Shape;
import org.convoy.graph.TransposedConvolution;
import org.convoy.graph.Window;

/** Convolutions and pools. */
final class OnnxWindows {
  private OnnxWindows() {}

  static String convolution(Convolution op, OnnxSite site) {
    Window window = op.window().forRank(site.shape().spatialRank());
    return site.add(
        "Conv",
        withTensors(site),
        attribute("kernel_shape", window.kernel()),
        attribute("strides", window.stride()),
        pads(window.padBefore(), window.padAfter()),
        attribute("dilations", window.dilation()),
        attribute("group", op.groups()));
  }

  static String transposed(TransposedConvolution op, OnnxSite site) {
    Window window = op.window();
    return site.add(
        "ConvTranspose",
        withTensors(site),
        attribute("kernel_shape", window.kernel()),
        attribute("strides", window.stride()),
        pads(window.padBefore(), window.padAfter()),
        attribute("output_padding", op.outputPadding()),
        attribute("dilations", window.dilation()),
        attribute("group", op.groups()));
  }

  private static List<String> withTensors(OnnxSite site) {
    List<String> inputs = new ArrayList<>(List.of(site.input()));
    inputs.addAll(site.tensors());
    return inputs;
  }

  /**
   * A pool whose size rounds up is one with more padding at the end: runtimes round up by rules of
   * their own.
   */
  static String pool(Pool op, OnnxSite site) {
    Window window = op.window().forRank(site.shape().spatialRank());
    List<Integer> reach = reach(window, site.shape(), site.output());
    if (isPick(window) && reach.stream().allMatch(each -> each == 0)) {
      return pick(window, site);
    }
    if (op.kind() == Pool.Kind.MAX) {
      return site.add(
          "MaxPool",
          site.input(),
          attribute("kernel_shape", window.kernel()),
          attribute("strides", window.stride()),
          pads(window.padBefore(), reach));
    }
    if (!op.countPadding() || reach.equals(window.padAfter())) {
      return average(site, site.input(), window, window.padBefore(), reach, op.countPadding());
    }
    // The padding counts, and what a window overhangs does not: so the padding becomes values.
    String padded = OnnxShapes.pad(site, site.input(), window.padBefore(), window.padAfter());
    List<Integer> none = new ArrayList<>();
    List<Integer> overhang = new ArrayList<>();
    for (int i = 0; i < window.rank(); i++) {
      none.add(0);
      overhang.add(reach.get(i) - window.padAfter().get(i));
    }
    return average(site, padded, window, none, overhang, false);
  }

  /** Whether a window is one position and not padded. */
  private static boolean isPick(Window window) {
    return window.kernel().stream().allMatch(each -> each == 1)
        && window.padBefore().stream().allMatch(each -> each == 0);
  }

  /**
   * Every so many positions, as a slice: ONNX Runtime would join a pool of single positions with
   * the padding before it, and then refuse the padding.
   */
  private static String pick(Window window, OnnxSite site) {
    List<Integer> starts = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < window.rank(); i++) {
      starts.add(0);
      ends.add(site.shape().spatial().get(i));
      axes.add(2 + i);
    }
    return site.add(
        "Slice",
        List.of(
            site.input(),
            site.integers(starts),
            site.integers(ends),
            site.integers(axes),
            site.integers(window.stride())));
  }

  private static String average(
      OnnxSite site,
      String value,
      Window window,
      List<Integer> before,
      List<Integer> after,
      boolean countPadding) {
    return site.add(
        "AveragePool",
        value,
        attribute("kernel_shape", window.kernel()),
        attribute("strides", window.stride()),
        pads(before, after),
        attribute("count_include_pad", countPadding ? 1 : 0));
  }

  /** The padding at the end that the last windows reach, at least the window's own. */
  private static List<Integer> reach(Window window, Shape input, Shape output) {
    List<Integer> after = new ArrayList<>();
    for (int i = 0; i < window.rank(); i++) {
      int end = (output.spatial().get(i) - 1) * window.stride().get(i) + window.kernel().get(i);
      int there = input.spatial().get(i) + window.padBefore().get(i);
      after.add(Math.max(window.padAfter().get(i), end - there));
    }
    return after;
  }

  static String adaptive(AdaptiveAveragePool op, OnnxSite site) {
    List<Integer> in = site.shape().spatial();
    List<Integer> size = new ArrayList<>();
    for (int i = 0; i < in.size(); i++) {
      if (in.get(i) % op.output().get(i) != 0) {
        return bins(op, site);
      }
      size.add(in.get(i) / op.output().get(i));
    }
    if (size.equals(in)) {
      return site.add("GlobalAveragePool", site.input());
    }
    return site.add(
        "AveragePool", site.input(), attribute("kernel_shape", size), attribute("strides", size));
  }

  /** Bins of different sizes: a matrix of means for each dimension. */
  private static String bins(AdaptiveAveragePool op, OnnxSite site) {
    String value = site.input();
    for (int dimension = 0; dimension < op.output().size(); dimension++) {
      int in = site.shape().spatial().get(dimension);
      int out = op.output().get(dimension);
      float[] means = new float[in * out];
      for (int o = 0; o < out; o++) {
        int from = o * in / out;
        int to = ((o + 1) * in + out - 1) / out;
        for (int i = from; i < to; i++) {
          means[i * out + o] = 1f / (to - from);
        }
      }
      value = OnnxProducts.along(site, value, 2 + dimension, site.matrix(in, out, means));
    }
    return value;
  }

  static String global(OnnxSite site) {
    String means = site.add("GlobalAveragePool", site.input());
    return site.add("Flatten", means, attribute("axis", 1));
  }

  private static AttributeProto pads(List<Integer> before, List<Integer> after) {
    List<Integer> pads = new ArrayList<>(before);
    pads.addAll(after);
    return attribute("pads", pads);
  }
}
