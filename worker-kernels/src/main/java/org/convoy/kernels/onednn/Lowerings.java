package org.convoy.kernels.onednn;

import org.convoy.graph.Activate;
import org.convoy.graph.AdaptiveAveragePool;
import org.convoy.graph.Add;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.ChannelScale;
import org.convoy.graph.Concat;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Flatten;
import org.convoy.graph.GlobalAveragePool;
import org.convoy.graph.Input;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.Multiply;
import org.convoy.graph.Node;
import org.convoy.graph.PadChannels;
import org.convoy.graph.Pool;
import org.convoy.kernels.onednn.Lowering.Lowered;

/** Which class lowers which op. */
final class Lowerings {
  private Lowerings() {}

  static Lowered lower(Lowering lowering, int index, Node node) {
    try {
      if (node.op() instanceof Convolution op) {
        return Convolutions.lower(lowering, node, op);
      } else if (node.op() instanceof Linear) {
        return Linears.lower(lowering, node);
      } else if (node.op() instanceof BatchNorm op) {
        return Norms.lower(lowering, node, op);
      } else if (node.op() instanceof Activate op) {
        return Elementwise.activate(lowering, node, op);
      } else if (node.op() instanceof Add) {
        return Elementwise.add(lowering, node);
      } else if (node.op() instanceof Pool op) {
        return Pools.lower(lowering, node, op);
      } else if (node.op() instanceof GlobalAveragePool) {
        return Pools.global(lowering, node);
      } else if (node.op() instanceof Concat) {
        return Shapes.concat(lowering, node);
      } else if (node.op() instanceof LayerNorm op) {
        return LayerNorms.lower(lowering, node, op);
      } else if (node.op() instanceof LocalResponseNorm op) {
        return ResponseNorms.lower(lowering, node, op);
      } else if (node.op() instanceof PadChannels op) {
        return Shapes.padChannels(lowering, node, op);
      } else if (node.op() instanceof Flatten) {
        return Shapes.flatten(lowering, node);
      } else if (node.op() instanceof Dropout op) {
        return Dropouts.lower(lowering, node, op);
      } else if (node.op() instanceof AdaptiveAveragePool op) {
        return AdaptivePools.lower(lowering, node, op);
      } else if (node.op() instanceof Multiply) {
        return Products.multiply(lowering, node);
      } else if (node.op() instanceof ChannelScale) {
        return Products.channelScale(lowering, node);
      } else if (node.op() instanceof Input) {
        throw new IllegalStateException("a second input");
      }
      throw new UnsupportedOperationException("backend onednn does not know " + node.op());
    } catch (IllegalStateException e) {
      throw new IllegalStateException(node.name() + " " + node.op() + ": " + e.getMessage(), e);
    }
  }
}
