package org.convoy.kernels.cudnn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import org.convoy.kernels.cudnn.ConvolutionShape.Direction;
import org.convoy.kernels.cudnn.Descriptor.Attribute;
import org.convoy.kernels.cudnn.Descriptor.Kind;
import org.convoy.kernels.cudnn.Descriptor.Type;

/**
 * One convolution as cuDNN describes it: three tensors with channels last, the convolution, and the
 * operation in a direction.
 *
 * <p>cuDNN lists dimensions as (samples, channels, spatial...) whatever their order in memory,
 * which the strides say; it knows two or three spatial dimensions. A group count is not stated: it
 * is the quotient of the image's channels and the weights'.
 */
final class ConvolutionGraph implements AutoCloseable {
  /** Names of tensors in a variant pack. */
  static final long IMAGE = 1;

  static final long WEIGHTS = 2;
  static final long RESULT = 3;

  /** Bytes of which every tensor's address is a multiple. */
  static final long ALIGNMENT = 16;

  private static final int FLOAT = 0;
  private static final int BFLOAT16 = 9;
  private static final int CROSS_CORRELATION = 1;

  private final CudnnLibrary library;
  private final ConvolutionShape shape;
  private final int rank;
  private final Deque<Descriptor> owned = new ArrayDeque<>();
  private final Descriptor operation;

  /**
   * @param weights the type of the weights, or of their gradient
   */
  ConvolutionGraph(
      CudnnLibrary library, ConvolutionShape shape, Direction direction, NumberType weights) {
    this.library = library;
    this.shape = shape;
    this.rank = Math.max(2, shape.window().rank());
    this.operation =
        operation(
            direction,
            tensor(IMAGE, shape.image()),
            weights(weights),
            tensor(RESULT, shape.result()),
            convolution());
  }

  private Descriptor own(Kind kind) {
    Descriptor descriptor = new Descriptor(library, kind);
    owned.push(descriptor);
    return descriptor;
  }

  private static int number(NumberType type) {
    return type == NumberType.FLOAT32 ? FLOAT : BFLOAT16;
  }

  private Descriptor tensor(long name, Desc desc) {
    long[] dimensions = new long[rank + 2];
    dimensions[0] = desc.samples();
    dimensions[1] = desc.channels();
    for (int d = 0; d < rank; d++) {
      dimensions[2 + d] = desc.three(3 - rank + d);
    }
    return tensor(name, desc.type(), dimensions);
  }

  private Descriptor weights(NumberType type) {
    long[] dimensions = new long[rank + 2];
    dimensions[0] = shape.result().channels();
    dimensions[1] = shape.depth();
    for (int d = 0; d < rank; d++) {
      dimensions[2 + d] = ConvolutionShape.three(shape.window().kernel(), 3 - rank + d, 1);
    }
    return tensor(WEIGHTS, type, dimensions);
  }

  /** A dense tensor whose channels, the second dimension, lie innermost. */
  private Descriptor tensor(long name, NumberType type, long[] dimensions) {
    long[] strides = new long[dimensions.length];
    long stride = dimensions[1];
    strides[1] = 1;
    for (int i = dimensions.length - 1; i >= 2; i--) {
      strides[i] = stride;
      stride *= dimensions[i];
    }
    strides[0] = stride;
    return own(Kind.TENSOR)
        .setNumber(Attribute.TENSOR_DATA_TYPE, Type.DATA_TYPE, number(type))
        .set(Attribute.TENSOR_DIMENSIONS, Type.INT64, dimensions)
        .set(Attribute.TENSOR_STRIDES, Type.INT64, strides)
        .set(Attribute.TENSOR_UNIQUE_ID, Type.INT64, name)
        .set(Attribute.TENSOR_BYTE_ALIGNMENT, Type.INT64, ALIGNMENT)
        .finish();
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
    return own(Kind.CONVOLUTION)
        .set(Attribute.CONVOLUTION_SPATIAL_DIMS, Type.INT64, rank)
        .setNumber(Attribute.CONVOLUTION_COMP_TYPE, Type.DATA_TYPE, FLOAT)
        .setNumber(Attribute.CONVOLUTION_CONV_MODE, Type.CONVOLUTION_MODE, CROSS_CORRELATION)
        .set(Attribute.CONVOLUTION_FILTER_STRIDES, Type.INT64, strides)
        .set(Attribute.CONVOLUTION_PRE_PADDINGS, Type.INT64, before)
        .set(Attribute.CONVOLUTION_POST_PADDINGS, Type.INT64, after)
        .set(Attribute.CONVOLUTION_DILATIONS, Type.INT64, dilations)
        .finish();
  }

  private Descriptor operation(
      Direction direction,
      Descriptor image,
      Descriptor weights,
      Descriptor result,
      Descriptor convolution) {
    return switch (direction) {
      case FORWARD ->
          own(Kind.OPERATION_CONVOLUTION_FORWARD)
              .set(Attribute.OPERATION_CONVOLUTION_FORWARD_CONV_DESC, convolution)
              .set(Attribute.OPERATION_CONVOLUTION_FORWARD_X, image)
              .set(Attribute.OPERATION_CONVOLUTION_FORWARD_W, weights)
              .set(Attribute.OPERATION_CONVOLUTION_FORWARD_Y, result)
              .setFloat(Attribute.OPERATION_CONVOLUTION_FORWARD_ALPHA, 1)
              .setFloat(Attribute.OPERATION_CONVOLUTION_FORWARD_BETA, 0)
              .finish();
      case DATA ->
          own(Kind.OPERATION_CONVOLUTION_BACKWARD_DATA)
              .set(Attribute.OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, convolution)
              .set(Attribute.OPERATION_CONVOLUTION_BWD_DATA_DX, image)
              .set(Attribute.OPERATION_CONVOLUTION_BWD_DATA_W, weights)
              .set(Attribute.OPERATION_CONVOLUTION_BWD_DATA_DY, result)
              .setFloat(Attribute.OPERATION_CONVOLUTION_BWD_DATA_ALPHA, 1)
              .setFloat(Attribute.OPERATION_CONVOLUTION_BWD_DATA_BETA, 0)
              .finish();
      case WEIGHTS ->
          own(Kind.OPERATION_CONVOLUTION_BACKWARD_FILTER)
              .set(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC, convolution)
              .set(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_X, image)
              .set(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_DW, weights)
              .set(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_DY, result)
              .setFloat(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_ALPHA, 1)
              .setFloat(Attribute.OPERATION_CONVOLUTION_BWD_FILTER_BETA, 0)
              .finish();
    };
  }

  /** The graph of the one operation, if the library takes it. */
  Optional<Descriptor> finish(long handle) {
    Descriptor graph =
        own(Kind.OPERATIONGRAPH)
            .set(Attribute.OPERATIONGRAPH_OPS, operation)
            .set(Attribute.OPERATIONGRAPH_HANDLE, Type.HANDLE, handle);
    return graph.finishes() ? Optional.of(graph) : Optional.empty();
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "convolution %s", shape);
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }
}
