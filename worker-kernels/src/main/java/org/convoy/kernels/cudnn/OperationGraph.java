package org.convoy.kernels.cudnn;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.convoy.kernels.cudnn.Descriptor.Kind;
import org.convoy.kernels.cudnn.Descriptor.Type;

/**
 * A {@link Work} as cuDNN describes it: tensors, and operations whose results the next ones read. A
 * tensor's name is the number of its place among the work's tensors; those that never leave the
 * engine have names behind them.
 */
final class OperationGraph implements AutoCloseable {
  /** Bytes of which the address of every tensor is a multiple, but of vectors. */
  static final long ALIGNMENT = 16;

  /** {@code CUDNN_DATA_FLOAT}, in which everything is computed. */
  static final int FLOAT = 0;

  private static final int BFLOAT16 = 9;

  /** The first name of a tensor that never leaves the engine. */
  private static final int INNER = 100;

  private final CudnnLibrary library;
  private final Deque<Descriptor> owned = new ArrayDeque<>();
  private final List<Descriptor> operations = new ArrayList<>();
  private int outer;
  private int inner = INNER;

  private OperationGraph(CudnnLibrary library) {
    this.library = library;
  }

  /**
   * @throws IllegalStateException if sizes do not fit each other
   */
  static OperationGraph of(CudnnLibrary library, Work work) {
    OperationGraph graph = new OperationGraph(library);
    try {
      if (work instanceof Work.Convolution convolution) {
        new ConvolutionOperations(graph, convolution).add();
      } else if (work instanceof Work.Product product) {
        ProductOperations.add(graph, product);
      }
      return graph;
    } catch (IllegalStateException e) {
      graph.close();
      throw e;
    }
  }

  /** A descriptor that is closed with the graph. */
  Descriptor own(Kind kind) {
    Descriptor descriptor = new Descriptor(library, kind);
    owned.push(descriptor);
    return descriptor;
  }

  /** Adds an operation whose attributes are set. */
  void add(Descriptor operation) {
    operations.add(operation.finish());
  }

  /** The work's next tensor. */
  Descriptor tensor(NumberType type, long[] dimensions, long[] strides) {
    return describe(outer++, type, ALIGNMENT, dimensions, strides).finish();
  }

  /** The work's next tensor, of float32, which begins anywhere. */
  Descriptor vector(long[] dimensions, long[] strides) {
    return describe(outer++, NumberType.FLOAT32, Float.BYTES, dimensions, strides).finish();
  }

  /** A tensor of float32 that one operation hands to the next one and nobody writes. */
  Descriptor between(long[] dimensions, long[] strides) {
    return describe(inner++, NumberType.FLOAT32, ALIGNMENT, dimensions, strides)
        .setFlag(Attribute.TENSOR_IS_VIRTUAL, true)
        .finish();
  }

  private Descriptor describe(
      int name, NumberType type, long alignment, long[] dimensions, long[] strides) {
    int number = type == NumberType.FLOAT32 ? FLOAT : BFLOAT16;
    return own(Kind.TENSOR)
        .setNumber(Attribute.TENSOR_DATA_TYPE, Type.DATA_TYPE, number)
        .set(Attribute.TENSOR_DIMENSIONS, Type.INT64, dimensions)
        .set(Attribute.TENSOR_STRIDES, Type.INT64, strides)
        .set(Attribute.TENSOR_UNIQUE_ID, Type.INT64, name)
        .set(Attribute.TENSOR_BYTE_ALIGNMENT, Type.INT64, alignment);
  }

  /** The names of the work's tensors, in their order. */
  long[] names() {
    long[] names = new long[outer];
    for (int i = 0; i < outer; i++) {
      names[i] = i;
    }
    return names;
  }

  /** The graph of all operations, if the library takes it. */
  Optional<Descriptor> finish(CudnnTarget target) {
    Descriptor graph =
        own(Kind.OPERATIONGRAPH)
            .set(Attribute.OPERATIONGRAPH_OPS, operations.toArray(Descriptor[]::new));
    target.graph(graph);
    return graph.finishes() ? Optional.of(graph) : Optional.empty();
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }
}
