package org.convoy.kernels.onednn;

import org.convoy.graph.Activate;
import org.convoy.graph.AdaptiveAveragePool;
import org.convoy.graph.Add;
import org.convoy.graph.Attention;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.ChannelScale;
import org.convoy.graph.ChannelShuffle;
import org.convoy.graph.Concat;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Embedding;
import org.convoy.graph.Flatten;
import org.convoy.graph.GlobalAveragePool;
import org.convoy.graph.GlobalResponseNorm;
import org.convoy.graph.GroupNorm;
import org.convoy.graph.Input;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.MatrixProduct;
import org.convoy.graph.Multiply;
import org.convoy.graph.Node;
import org.convoy.graph.OpTable;
import org.convoy.graph.PRelu;
import org.convoy.graph.Pad;
import org.convoy.graph.PadChannels;
import org.convoy.graph.Pool;
import org.convoy.graph.RelativeAttention;
import org.convoy.graph.Reshape;
import org.convoy.graph.Resize;
import org.convoy.graph.Slice;
import org.convoy.graph.Softmax;
import org.convoy.graph.TransposedConvolution;

/** Which class lowers which op. */
final class Lowerings {

  /** Adds an op's forward steps. */
  @FunctionalInterface
  interface Forward {
    Lowered lower(Lowering lowering, Node node);
  }

  static final OpTable<Forward> TABLE =
      OpTable.<Forward>of("onednn")
          .refuse(Input.class, "a network has one input, its first node")
          .on(Convolution.class, op -> Convolutions::lower)
          .on(Linear.class, op -> Linears::lower)
          .on(BatchNorm.class, op -> (lowering, node) -> Norms.lower(lowering, node, op))
          .on(Activate.class, op -> (lowering, node) -> Elementwise.activate(lowering, node, op))
          .on(Pool.class, op -> (lowering, node) -> Pools.lower(lowering, node, op))
          .on(GlobalAveragePool.class, op -> Pools::global)
          .on(Add.class, op -> Elementwise::add)
          .on(Concat.class, op -> Shapes::concat)
          .on(LayerNorm.class, op -> (lowering, node) -> LayerNorms.lower(lowering, node, op))
          .on(
              LocalResponseNorm.class,
              op -> (lowering, node) -> LocalResponseNorms.lower(lowering, node, op))
          .on(PadChannels.class, op -> (lowering, node) -> Shapes.padChannels(lowering, node, op))
          .on(Flatten.class, op -> Shapes::flatten)
          .on(Dropout.class, op -> (lowering, node) -> Dropouts.lower(lowering, node, op))
          .on(
              AdaptiveAveragePool.class,
              op -> (lowering, node) -> AdaptivePools.lower(lowering, node, op))
          .on(Multiply.class, op -> Products::multiply)
          .on(ChannelScale.class, op -> Products::channelScale)
          .on(GroupNorm.class, op -> (lowering, node) -> GroupNorms.lower(lowering, node, op))
          .on(
              GlobalResponseNorm.class,
              op -> (lowering, node) -> GlobalResponseNorms.lower(lowering, node, op))
          .on(PRelu.class, op -> Prelus::lower)
          .on(Softmax.class, op -> Softmaxes::lower)
          .on(
              TransposedConvolution.class,
              op -> (lowering, node) -> TransposedConvolutions.lower(lowering, node, op))
          .on(Slice.class, op -> (lowering, node) -> Parts.slice(lowering, node, op))
          .on(Pad.class, op -> (lowering, node) -> Parts.pad(lowering, node, op))
          .on(ChannelShuffle.class, op -> (lowering, node) -> Shapes.shuffle(lowering, node, op))
          .on(Resize.class, op -> (lowering, node) -> Resizes.lower(lowering, node, op))
          .on(
              MatrixProduct.class,
              op -> (lowering, node) -> MatrixProducts.lower(lowering, node, op))
          .on(Reshape.class, op -> Shapes::flatten)
          .on(Embedding.class, op -> (lowering, node) -> Embeddings.lower(lowering, node, op))
          .on(Attention.class, op -> (lowering, node) -> Attentions.lower(lowering, node, op))
          .on(
              RelativeAttention.class,
              op -> (lowering, node) -> Attentions.lower(lowering, node, op))
          .build();

  private Lowerings() {}

  static Lowered lower(Lowering lowering, Node node) {
    try {
      return TABLE.get(node.op()).lower(lowering, node);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(node.name() + " " + node.op() + ": " + e.getMessage(), e);
    }
  }
}
