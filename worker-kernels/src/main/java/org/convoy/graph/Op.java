package org.convoy.graph;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * What one node of a graph computes: a closed set of records, each a full description without
 * parameters or memory. The name in the annotation is the op's name in {@code model.json}; a class
 * name never gets there.
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
        ChannelScale {

  /**
   * The shape of the result, sample dimension left out.
   *
   * @throws GraphException if the op cannot take these shapes
   */
  Shape infer(List<Shape> inputs);

  /** The tensors this op owns, in torch's order; their names are suffixes of the node's name. */
  default List<ParameterSpec> parameters(List<Shape> inputs) {
    return List.of();
  }

  /**
   * Multiply-adds of one sample's forward pass, those of convolutions and matrix products alone.
   */
  default long multiplyAdds(List<Shape> inputs) {
    return 0;
  }

  /** The word that an unnamed node of this op is called by, for example {@code relu}. */
  String word();

  /** Checks the number of inputs. */
  static Shape only(Op op, List<Shape> inputs) {
    if (inputs.size() != 1) {
      throw new GraphException(op.word() + " takes one input, got " + inputs.size());
    }
    return inputs.get(0);
  }
}
