package org.convoy.graph;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * The computation of one node of a graph: a closed set of records. Each is a full description
 * without parameters or memory. The annotation states the op's name in {@code model.json}; class
 * names are never written there.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "op")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Input.class, name = "input"),
  @JsonSubTypes.Type(value = Convolution.class, name = "convolution"),
  @JsonSubTypes.Type(value = Linear.class, name = "linear"),
  @JsonSubTypes.Type(value = BatchNorm.class, name = "batch-norm"),
  @JsonSubTypes.Type(value = Activate.class, name = "activate"),
  @JsonSubTypes.Type(value = Pool.class, name = "pool"),
  @JsonSubTypes.Type(value = GlobalAveragePool.class, name = "global-average-pool"),
  @JsonSubTypes.Type(value = Add.class, name = "add"),
  @JsonSubTypes.Type(value = Concat.class, name = "concat"),
  @JsonSubTypes.Type(value = LayerNorm.class, name = "layer-norm"),
  @JsonSubTypes.Type(value = LocalResponseNorm.class, name = "local-response-norm"),
  @JsonSubTypes.Type(value = PadChannels.class, name = "pad-channels"),
  @JsonSubTypes.Type(value = Flatten.class, name = "flatten"),
  @JsonSubTypes.Type(value = Dropout.class, name = "dropout"),
  @JsonSubTypes.Type(value = AdaptiveAveragePool.class, name = "adaptive-average-pool"),
  @JsonSubTypes.Type(value = Multiply.class, name = "multiply"),
  @JsonSubTypes.Type(value = ChannelScale.class, name = "channel-scale"),
  @JsonSubTypes.Type(value = GroupNorm.class, name = "group-norm"),
  @JsonSubTypes.Type(value = GlobalResponseNorm.class, name = "global-response-norm"),
  @JsonSubTypes.Type(value = PRelu.class, name = "prelu"),
  @JsonSubTypes.Type(value = Softmax.class, name = "softmax"),
  @JsonSubTypes.Type(value = TransposedConvolution.class, name = "transposed-convolution"),
  @JsonSubTypes.Type(value = Slice.class, name = "slice"),
  @JsonSubTypes.Type(value = Pad.class, name = "pad"),
  @JsonSubTypes.Type(value = ChannelShuffle.class, name = "channel-shuffle"),
  @JsonSubTypes.Type(value = Resize.class, name = "resize"),
  @JsonSubTypes.Type(value = MatrixProduct.class, name = "matrix-product"),
  @JsonSubTypes.Type(value = Reshape.class, name = "reshape"),
  @JsonSubTypes.Type(value = Embedding.class, name = "embedding"),
  @JsonSubTypes.Type(value = Attention.class, name = "attention"),
  @JsonSubTypes.Type(value = RelativeAttention.class, name = "relative-attention"),
})
public sealed interface Op
    permits Input,
        Convolution,
        Linear,
        BatchNorm,
        Activate,
        Pool,
        GlobalAveragePool,
        Add,
        Concat,
        LayerNorm,
        LocalResponseNorm,
        PadChannels,
        Flatten,
        Dropout,
        AdaptiveAveragePool,
        Multiply,
        ChannelScale,
        GroupNorm,
        GlobalResponseNorm,
        PRelu,
        Softmax,
        TransposedConvolution,
        Slice,
        Pad,
        ChannelShuffle,
        Resize,
        MatrixProduct,
        Reshape,
        Embedding,
        Attention,
        RelativeAttention {

  /**
   * The shape of the result, without the sample dimension.
   *
   * @throws GraphException if the op cannot take these shapes
   */
  Shape infer(List<Shape> inputs);

  /** The tensors this op owns, in torch's order; their names are suffixes of the node's name. */
  default List<ParameterSpec> parameters(List<Shape> inputs) {
    return List.of();
  }

  /** The multiply-adds of convolutions and matrix products in one sample's forward pass. */
  default long multiplyAdds(List<Shape> inputs) {
    return 0;
  }

  /** The name of a node of this op without its own name, for example {@code relu}. */
  String word();

  /** Checks the number of inputs. */
  static Shape only(Op op, List<Shape> inputs) {
    if (inputs.size() != 1) {
      throw new GraphException(op.word() + " takes one input, got " + inputs.size());
    }
    return inputs.get(0);
  }
}
