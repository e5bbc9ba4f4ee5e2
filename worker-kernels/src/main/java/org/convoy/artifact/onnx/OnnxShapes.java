package org.convoy.artifact.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.convoy.graph.ChannelShuffle;
import org.convoy.graph.Pad;
import org.convoy.graph.PadChannels;
import org.convoy.graph.Slice;

/** Ops that move values and compute none. */
final class OnnxShapes {
  private OnnxShapes() {}

  static String pad(Pad op, OnnxSite site) {
    return pad(site, site.input(), op.before(), op.after());
  }

  /**
   * Zeros around the spatial dimensions of a value. They are negative zeros: ONNX Runtime 1.23
   * merges a padding by positive ones into a max pool behind it, which then takes no maximum with
   * them.
   */
  static String pad(OnnxSite site, String value, List<Integer> before, List<Integer> after) {
    List<Integer> pads = new ArrayList<>(List.of(0, 0));
    pads.addAll(before);
    pads.addAll(List.of(0, 0));
    pads.addAll(after);
    return site.add("Pad", List.of(value, site.integers(pads), site.scalar(-0.0)));
  }

  static String padChannels(PadChannels op, OnnxSite site) {
    List<Integer> none = Collections.nCopies(site.shape().spatialRank(), 0);
    List<Integer> pads = new ArrayList<>(List.of(0, op.before()));
    pads.addAll(none);
    pads.addAll(List.of(0, op.after()));
    pads.addAll(none);
    return site.add("Pad", List.of(site.input(), site.integers(pads)));
  }

  static String slice(Slice op, OnnxSite site) {
    return site.add(
        "Slice",
        List.of(
            site.input(),
            site.integers(List.of(op.from())),
            site.integers(List.of(op.to())),
            site.integers(List.of(1 + op.dimension()))));
  }

  static String shuffle(ChannelShuffle op, OnnxSite site) {
    int channels = site.shape().channels();
    String matrix = site.reshape(site.input(), List.of(op.groups(), channels / op.groups(), -1));
    return site.reshape(site.exchange(matrix, 4, 1, 2), site.shape());
  }
}
