package org.convoy.kernels.nd4j;

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
import org.convoy.graph.Op;
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

/** The table of the rules of all ops. A new op adds one line here. */
final class Rules {
  static final OpTable<Rule> TABLE =
      OpTable.<Rule>of("nd4j")
          .refuse(Input.class, "a network has one input, its first node")
          .on(Convolution.class, ConvolutionRule::new)
          .on(Linear.class, LinearRule::new)
          .on(BatchNorm.class, BatchNormRule::new)
          .on(Activate.class, ActivateRule::new)
          .on(
              Pool.class,
              op -> op.kind() == Pool.Kind.MAX ? new MaxPoolRule(op) : new AveragePoolRule(op))
          .on(GlobalAveragePool.class, op -> new GlobalAveragePoolRule())
          .on(Add.class, op -> new AddRule())
          .on(Concat.class, op -> new ConcatRule())
          .on(LayerNorm.class, LayerNormRule::new)
          .on(LocalResponseNorm.class, LocalResponseNormRule::new)
          .on(PadChannels.class, PadChannelsRule::new)
          .on(Flatten.class, op -> new FlattenRule())
          .on(Dropout.class, DropoutRule::new)
          .on(AdaptiveAveragePool.class, AdaptiveAveragePoolRule::new)
          .on(Multiply.class, op -> new MultiplyRule())
          .on(ChannelScale.class, op -> new ChannelScaleRule())
          .on(GroupNorm.class, GroupNormRule::new)
          .on(GlobalResponseNorm.class, GlobalResponseNormRule::new)
          .on(PRelu.class, PReluRule::new)
          .on(Softmax.class, op -> new SoftmaxRule())
          .on(TransposedConvolution.class, TransposedConvolutionRule::new)
          .on(Slice.class, SliceRule::new)
          .on(Pad.class, PadRule::new)
          .on(ChannelShuffle.class, ChannelShuffleRule::new)
          .on(Resize.class, ResizeRule::new)
          .on(MatrixProduct.class, MatrixProductRule::new)
          .on(Reshape.class, op -> new FlattenRule())
          .on(Embedding.class, EmbeddingRule::new)
          .on(Attention.class, op -> new AttentionRule(op.heads(), false))
          .on(RelativeAttention.class, op -> new AttentionRule(op.heads(), true))
          .build();

  private Rules() {}

  /** The rule of an op. */
  static Rule of(Op op) {
    return TABLE.get(op);
  }
}
