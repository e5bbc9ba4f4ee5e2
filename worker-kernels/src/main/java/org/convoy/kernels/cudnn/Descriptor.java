package org.convoy.kernels.cudnn;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;

/**
 * A descriptor of cuDNN's graph interface. Its attributes are set, then it is finalised, then its
 * results are read. The numbers are those of {@code cudnn_graph.h}.
 */
final class Descriptor implements AutoCloseable {

  /** What a descriptor describes: {@code cudnnBackendDescriptorType_t}. */
  enum Kind {
    POINTWISE(0),
    CONVOLUTION(1),
    ENGINE(2),
    ENGINECFG(3),
    ENGINEHEUR(4),
    EXECUTION_PLAN(5),
    KNOB_CHOICE(7),
    OPERATION_CONVOLUTION_FORWARD(10),
    OPERATION_CONVOLUTION_BACKWARD_FILTER(11),
    OPERATION_CONVOLUTION_BACKWARD_DATA(12),
    OPERATION_POINTWISE(13),
    OPERATIONGRAPH(15),
    VARIANT_PACK(16),
    TENSOR(17),
    MATMUL(18),
    OPERATION_MATMUL(19),
    DEVICEPROP(38);

    private final int number;

    Kind(int number) {
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
    BOOLEAN(2),
    INT64(3),
    FLOAT(4),
    DOUBLE(5),
    VOID_PTR(6),
    CONVOLUTION_MODE(7),
    HEUR_MODE(8),
    KNOB_TYPE(9),
    NUMERICAL_NOTE(11),
    POINTWISE_MODE(14),
    BACKEND_DESCRIPTOR(15),
    CHAR(24);

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

  Descriptor setDouble(Attribute attribute, double value) {
    try (DoublePointer number = new DoublePointer(1)) {
      number.put(value);
      return set(attribute, Type.DOUBLE, 1, number.address());
    }
  }

  Descriptor setFlag(Attribute attribute, boolean value) {
    try (BytePointer flag = new BytePointer(1)) {
      flag.put((byte) (value ? 1 : 0));
      return set(attribute, Type.BOOLEAN, 1, flag.address());
    }
  }

  /** Sets characters, without an end. */
  Descriptor setText(Attribute attribute, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    try (BytePointer text = new BytePointer(bytes)) {
      return set(attribute, Type.CHAR, bytes.length, text.address());
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
