package org.convoy.kernels.cudnn;

import java.util.Arrays;
import java.util.Optional;
import org.convoy.graph.Activate;
import org.convoy.kernels.cudnn.Descriptor.Kind;
import org.convoy.kernels.cudnn.Descriptor.Type;

/**
 * One convolution in a direction and its epilogue, all tensors with channels last.
 *
 * <p>cuDNN lists dimensions as (samples, channels, spatial...) whatever their order in memory,
 * which the strides say; it knows two or three spatial dimensions. A group count is not stated: it
 * is the quotient of the image's channels and the weights'.
 */
final class ConvolutionOperations {
  private static final int CROSS_CORRELATION = 1;

  private final OperationGraph graph;
  private final Work.Convolution work;
  private final ConvolutionShape shape;
  private final int rank;

  ConvolutionOperations(OperationGraph graph, Work.Convolution work) {
    this.graph = graph;
    this.work = work;
    this.shape = work.shape();
    this.rank = Math.max(2, shape.window().rank());
  }

  void add() {
    Descriptor image = tensor(shape.image());
    Descriptor weights = graph.tensor(work.weights(), weights(), channelsLast(weights()));
    Descriptor result = tensor(shape.result());
    Descriptor convolution = convolution();
    switch (work.direction()) {
      case FORWARD -> forward(convolution, image, weights, result);
      case DATA ->
          graph.add(
              graph
                  .own(Kind.OPERATION_CONVOLUTION_BACKWARD_DATA)
                  .set(Attribute.OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, convolution)
                  .set(Attribute.OPERATION_CONVOLUTION_BWD_DATA_DX, image)
                  .set(Attribute.OPERATION_CONVOLUTION_BWD_DATA_W, weights)
                  .set(Attribute.OPERATION_CONVOLUTION_BWD_DATA_DY, result)
                  .setFloat(Attribute.OPERATION_CONVOLUTION_BWD_DATA_ALPHA, 1)
                  .setFloat(Attribute.OPERATION_CONVOLUTION_BWD_DATA_BETA, 0));
      case WEIGHTS ->
          graph.add(
              graph
                  .own(Kind.OPERATION_CONVOLUTION_BACKWARD_FILTER)
                  .set(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC, convolution)
                  .set(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_X, image)
                  .set(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_DW, weights)
                  .set(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_DY, result)
                  .setFloat(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_ALPHA, 1)
                  .setFloat(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_BETA, 0));
    }
  }

  /** The convolution, then what follows it; only the last tensor of the chain is written. */
  private void forward(
      Descriptor convolution, Descriptor image, Descriptor weights, Descriptor result) {
    Epilogue epilogue = work.epilogue();
    int left = (epilogue.bias() ? 1 : 0) + (epilogue.addend() ? 1 : 0);
    left += epilogue.activation().isPresent() ? 1 : 0;
    Descriptor now = left == 0 ? result : between();
    graph.add(
        graph
            .own(Kind.OPERATION_CONVOLUTION_FORWARD)
            .set(Attribute.OPERATION_CONVOLUTION_FORWARD_CONV_DESC, convolution)
            .set(Attribute.OPERATION_CONVOLUTION_FORWARD_X, image)
            .set(Attribute.OPERATION_CONVOLUTION_FORWARD_W, weights)
            .set(Attribute.OPERATION_CONVOLUTION_FORWARD_Y, now)
            .setFloat(Attribute.OPERATION_CONVOLUTION_FORWARD_ALPHA, 1)
            .setFloat(Attribute.OPERATION_CONVOLUTION_FORWARD_BETA, 0));
    if (epilogue.bias()) {
      now = apply(Pointwise.ADD, now, Optional.of(perChannel()), --left == 0 ? result : between());
    }
    if (epilogue.addend()) {
      Descriptor addend = tensor(shape.result());
      now = apply(Pointwise.ADD, now, Optional.of(addend), --left == 0 ? result : between());
    }
    if (epilogue.activation().isPresent()) {
      Activate function = epilogue.activation().get();
      apply(Pointwise.of(function).orElseThrow(), now, Optional.empty(), result);
    }
  }

  private Descriptor apply(
      Pointwise function, Descriptor from, Optional<Descriptor> other, Descriptor to) {
    Descriptor operation =
        graph
            .own(Kind.OPERATION_POINTWISE)
            .set(Attribute.OPERATION_POINTWISE_PW_DESCRIPTOR, function.describe(graph))
            .set(Attribute.OPERATION_POINTWISE_XDESC, from)
            .set(Attribute.OPERATION_POINTWISE_YDESC, to);
    other.ifPresent(second -> operation.set(Attribute.OPERATION_POINTWISE_BDESC, second));
    graph.add(operation);
    return to;
  }

  private Descriptor tensor(Desc desc) {
    long[] dimensions = dimensions(desc);
    return graph.tensor(desc.type(), dimensions, channelsLast(dimensions));
  }

  /** The result before the next operation. */
  private Descriptor between() {
    long[] dimensions = dimensions(shape.result());
    return graph.between(dimensions, channelsLast(dimensions));
  }

  /** A number for each channel of the result. */
  private Descriptor perChannel() {
    long[] dimensions = new long[rank + 2];
    Arrays.fill(dimensions, 1);
    dimensions[1] = shape.result().channels();
    return graph.vector(dimensions, channelsLast(dimensions));
  }

  private long[] dimensions(Desc desc) {
    long[] dimensions = new long[rank + 2];
    dimensions[0] = desc.samples();
    dimensions[1] = desc.channels();
    for (int d = 0; d < rank; d++) {
      dimensions[2 + d] = desc.three(3 - rank + d);
    }
    return dimensions;
  }

  private long[] weights() {
    long[] dimensions = new long[rank + 2];
    dimensions[0] = shape.result().channels();
    dimensions[1] = shape.depth();
    for (int d = 0; d < rank; d++) {
      dimensions[2 + d] = ConvolutionShape.three(shape.window().kernel(), 3 - rank + d, 1);
    }
    return dimensions;
  }

  /** Strides of a dense tensor whose channels, the second dimension, lie innermost. */
  private static long[] channelsLast(long[] dimensions) {
    long[] strides = new long[dimensions.length];
    long stride = dimensions[1];
    strides[1] = 1;
    for (int i = dimensions.length - 1; i >= 2; i--) {
      strides[i] = stride;
      stride *= dimensions[i];
    }
    strides[0] = stride;
    return strides;
  }

  private Descriptor convolution() {
    long[] strides = new long[rank];
    long[] before = new long[rank];
    long[] after = new long[rank];
    long[] dilations = new long[rank];
    for (int d = 0; d < rank; d++) {
      int at = 3 - rank + d;
      strides[d] = ConvolutionShape.three(shape.window().stride(), at, 1);
      before[d] = ConvolutionShape.three(shape.window().padBefore(), at, 0);
      after[d] = ConvolutionShape.three(shape.window().padAfter(), at, 0);
      dilations[d] = ConvolutionShape.three(shape.window().dilation(), at, 1);
    }
    return graph
        .own(Kind.CONVOLUTION)
        .set(Attribute.CONVOLUTION_SPATIAL_DIMS, Type.INT64, rank)
        .setNumber(Attribute.CONVOLUTION_COMP_TYPE, Type.DATA_TYPE, OperationGraph.FLOAT)
        .setNumber(Attribute.CONVOLUTION_CONV_MODE, Type.CONVOLUTION_MODE, CROSS_CORRELATION)
        .set(Attribute.CONVOLUTION_FILTER_STRIDES, Type.INT64, strides)
        .set(Attribute.CONVOLUTION_PRE_PADDINGS, Type.INT64, before)
        .set(Attribute.CONVOLUTION_POST_PADDINGS, Type.INT64, after)
        .set(Attribute.CONVOLUTION_DILATIONS, Type.INT64, dilations)
        .finish();
  }
}
