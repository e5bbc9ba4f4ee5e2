package org.convoy.kernels.cudnn;

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
      OpTable.<Forward>of("cudnn")
          .refuse(Input.class, "a network has one input, its first node")
          .on(Convolution.class, op -> (all, node) -> Convolutions.convolution(all, node, op))
          .on(Linear.class, op -> (all, node) -> Convolutions.linear(all, node, op))
          .on(
              TransposedConvolution.class,
              op -> (all, node) -> Convolutions.transposed(all, node, op))
          .on(BatchNorm.class, op -> (all, node) -> Norms.batch(all, node, op))
          .on(GroupNorm.class, op -> (all, node) -> Norms.group(all, node, op))
          .on(LayerNorm.class, op -> (all, node) -> Norms.layer(all, node, op))
          .on(LocalResponseNorm.class, op -> (all, node) -> ResponseNorms.local(all, node, op))
          .on(GlobalResponseNorm.class, op -> (all, node) -> ResponseNorms.global(all, node, op))
          .on(Softmax.class, op -> ResponseNorms::softmax)
          .on(Activate.class, op -> (all, node) -> Elementwise.activate(all, node, op))
          .on(PRelu.class, op -> (all, node) -> Elementwise.prelu(all, node, op))
          .on(Add.class, op -> Elementwise::add)
          .on(Multiply.class, op -> Elementwise::multiply)
          .on(ChannelScale.class, op -> Elementwise::channelScale)
          .on(MatrixProduct.class, op -> (all, node) -> MatrixProducts.lower(all, node, op))
          .on(Attention.class, op -> (all, node) -> Attentions.lower(all, node, op))
          .on(RelativeAttention.class, op -> (all, node) -> Attentions.relative(all, node, op))
          .on(Embedding.class, op -> (all, node) -> Embeddings.lower(all, node, op))
          .on(Dropout.class, op -> (all, node) -> Dropouts.lower(all, node, op))
          .on(Pool.class, op -> (all, node) -> Pools.pool(all, node, op))
          .on(GlobalAveragePool.class, op -> Pools::global)
          .on(AdaptiveAveragePool.class, op -> (all, node) -> Pools.adaptive(all, node, op))
          .on(Resize.class, op -> (all, node) -> Pools.resize(all, node, op))
          .on(Concat.class, op -> Rearrangements::concat)
          .on(Slice.class, op -> (all, node) -> Rearrangements.slice(all, node, op))
          .on(Pad.class, op -> (all, node) -> Rearrangements.pad(all, node, op))
          .on(PadChannels.class, op -> (all, node) -> Rearrangements.padChannels(all, node, op))
          .on(ChannelShuffle.class, op -> (all, node) -> Rearrangements.shuffle(all, node, op))
          .on(Flatten.class, op -> Rearrangements::reshape)
          .on(Reshape.class, op -> Rearrangements::reshape)
          .build();

  private Lowerings() {}

  static Lowered lower(Lowering lowering, Node node) {
    return TABLE.get(node.op()).lower(lowering, node);
  }
}
