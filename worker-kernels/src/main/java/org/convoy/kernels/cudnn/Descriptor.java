package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;

/**
 * A descriptor of cuDNN's graph interface. Its attributes are set, then it is finalised, then its
 * results are read. The numbers are those of {@code cudnn_graph.h}; a test holds them to the
 * bindings of JavaCPP.
 */
final class Descriptor implements AutoCloseable {

  /** What a descriptor describes: {@code cudnnBackendDescriptorType_t}. */
  enum Kind {
    CONVOLUTION(1),
    ENGINE(2),
    ENGINECFG(3),
    ENGINEHEUR(4),
    EXECUTION_PLAN(5),
    KNOB_CHOICE(7),
    OPERATION_CONVOLUTION_FORWARD(10),
    OPERATION_CONVOLUTION_BACKWARD_FILTER(11),
    OPERATION_CONVOLUTION_BACKWARD_DATA(12),
    OPERATIONGRAPH(15),
    VARIANT_PACK(16),
    TENSOR(17);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /** {@code cudnnBackendAttributeName_t}, as far as it is used. */
  enum Attribute {
    CONVOLUTION_COMP_TYPE(100),
    CONVOLUTION_CONV_MODE(101),
    CONVOLUTION_DILATIONS(102),
    CONVOLUTION_FILTER_STRIDES(103),
    CONVOLUTION_POST_PADDINGS(104),
    CONVOLUTION_PRE_PADDINGS(105),
    CONVOLUTION_SPATIAL_DIMS(106),
    ENGINEHEUR_MODE(200),
    ENGINEHEUR_OPERATION_GRAPH(201),
    ENGINEHEUR_RESULTS(202),
    ENGINECFG_ENGINE(300),
    ENGINECFG_KNOB_CHOICES(302),
    EXECUTION_PLAN_HANDLE(400),
    EXECUTION_PLAN_ENGINE_CONFIG(401),
    EXECUTION_PLAN_WORKSPACE_SIZE(402),
    KNOB_CHOICE_KNOB_TYPE(600),
    KNOB_CHOICE_KNOB_VALUE(601),
    OPERATION_CONVOLUTION_FORWARD_ALPHA(700),
    OPERATION_CONVOLUTION_FORWARD_BETA(701),
    OPERATION_CONVOLUTION_FORWARD_CONV_DESC(702),
    OPERATION_CONVOLUTION_FORWARD_W(703),
    OPERATION_CONVOLUTION_FORWARD_X(704),
    OPERATION_CONVOLUTION_FORWARD_Y(705),
    OPERATION_CONVOLUTION_BWD_DATA_ALPHA(706),
    OPERATION_CONVOLUTION_BWD_DATA_BETA(707),
    OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC(708),
    OPERATION_CONVOLUTION_BWD_DATA_W(709),
    OPERATION_CONVOLUTION_BWD_DATA_DX(710),
    OPERATION_CONVOLUTION_BWD_DATA_DY(711),
    OPERATION_CONVOLUTION_BWD_FILTER_ALPHA(712),
    OPERATION_CONVOLUTION_BWD_FILTER_BETA(713),
    OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC(714),
    OPERATION_CONVOLUTION_BWD_FILTER_DW(715),
    OPERATION_CONVOLUTION_BWD_FILTER_X(716),
    OPERATION_CONVOLUTION_BWD_FILTER_DY(717),
    OPERATIONGRAPH_HANDLE(800),
    OPERATIONGRAPH_OPS(801),
    TENSOR_BYTE_ALIGNMENT(900),
    TENSOR_DATA_TYPE(901),
    TENSOR_DIMENSIONS(902),
    TENSOR_STRIDES(903),
    TENSOR_UNIQUE_ID(906),
    VARIANT_PACK_UNIQUE_IDS(1000),
    VARIANT_PACK_DATA_POINTERS(1001),
    VARIANT_PACK_WORKSPACE(1003),
    ENGINE_GLOBAL_INDEX(1301),
    ENGINE_NUMERICAL_NOTE(1303);

    private final int number;

    Attribute(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /** {@code cudnnBackendAttributeType_t}, as far as it is used. */
  enum Type {
    HANDLE(0),
    DATA_TYPE(1),
    INT64(3),
    FLOAT(4),
    VOID_PTR(6),
    CONVOLUTION_MODE(7),
    HEUR_MODE(8),
    KNOB_TYPE(9),
    NUMERICAL_NOTE(11),
    BACKEND_DESCRIPTOR(15);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  private final CudnnLibrary library;
  private final Kind kind;
  private final long handle;
  private boolean closed;

  Descriptor(CudnnLibrary library, Kind kind) {
    this.library = library;
    this.kind = kind;
    this.handle = library.create("cudnnBackendCreateDescriptor", kind.number());
  }

  long handle() {
    return handle;
  }

  private Descriptor set(Attribute attribute, Type type, long count, long address) {
    library.check(
        "cudnnBackendSetAttribute", handle, attribute.number(), type.number(), count, address);
    return this;
  }

  /** Sets numbers of 64 bits, or addresses. */
  Descriptor set(Attribute attribute, Type type, long... values) {
    try (LongPointer numbers = new LongPointer(values)) {
      return set(attribute, type, values.length, numbers.address());
    }
  }

  /** Sets a number of an enumeration. */
  Descriptor setNumber(Attribute attribute, Type type, int value) {
    try (IntPointer number = new IntPointer(1)) {
      number.put(value);
      return set(attribute, type, 1, number.address());
    }
  }

  Descriptor setFloat(Attribute attribute, float value) {
    try (FloatPointer number = new FloatPointer(1)) {
      number.put(value);
      return set(attribute, Type.FLOAT, 1, number.address());
    }
  }

  Descriptor set(Attribute attribute, Descriptor... others) {
    long[] handles = new long[others.length];
    for (int i = 0; i < others.length; i++) {
      handles[i] = others[i].handle;
    }
    return set(attribute, Type.BACKEND_DESCRIPTOR, handles);
  }

  /**
   * @throws IllegalStateException if the attributes do not fit each other
   */
  Descriptor finish() {
    if (!finishes()) {
      throw new IllegalStateException("cuDNN does not support this " + kind);
    }
    return this;
  }

  /** Whether the library supports what is described. */
  boolean finishes() {
    return library.supports("cudnnBackendFinalize", handle);
  }

  /** Reads a number of 64 bits. */
  long number(Attribute attribute) {
    try (LongPointer count = new LongPointer(1);
        LongPointer value = new LongPointer(1)) {
      value.put(0);
      get(attribute, Type.INT64, 1, count, value.address());
      return value.get();
    }
  }

  /** Reads numbers of an enumeration. */
  List<Integer> numbers(Attribute attribute, Type type, int most) {
    try (LongPointer count = new LongPointer(1);
        IntPointer values = new IntPointer(most)) {
      get(attribute, type, most, count, values.address());
      List<Integer> numbers = new ArrayList<>();
      for (int i = 0; i < Math.min(most, count.get()); i++) {
        numbers.add(values.get(i));
      }
      return numbers;
    }
  }

  /** Reads descriptors, which the caller closes. */
  List<Descriptor> descriptors(Attribute attribute, Kind of, int most) {
    List<Descriptor> all = new ArrayList<>();
    long[] handles = new long[most];
    for (int i = 0; i < most; i++) {
      all.add(new Descriptor(library, of));
      handles[i] = all.get(i).handle;
    }
    try (LongPointer count = new LongPointer(1);
        LongPointer values = new LongPointer(handles)) {
      get(attribute, Type.BACKEND_DESCRIPTOR, most, count, values.address());
      int filled = (int) Math.min(most, count.get());
      all.subList(filled, most).forEach(Descriptor::close);
      return new ArrayList<>(all.subList(0, filled));
    }
  }

  private void get(Attribute attribute, Type type, long most, LongPointer count, long values) {
    count.put(0);
    library.check(
        "cudnnBackendGetAttribute",
        handle,
        attribute.number(),
        type.number(),
        most,
        count.address(),
        values);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      library.check("cudnnBackendDestroyDescriptor", handle);
    }
  }
}
