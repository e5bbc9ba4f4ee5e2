package org.convoy.artifact;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A tensor to write: a name and a shape over the memory of an array. The memory is read when the
 * file is written; it is not copied.
 *
 * @param name unique within the file
 * @param type of its elements
 * @param shape outermost dimension first
 * @param array dense in C order, with as many elements as the shape, of any rank
 */
public record Tensor(String name, ElementType type, List<Long> shape, INDArray array) {
  /** Checks that array, type and shape agree. */
  public Tensor {
    shape = List.copyOf(shape);
    long elements = shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    if (array.length() != elements) {
      throw new IllegalArgumentException(
          "tensor "
              + name
              + ": expected "
              + elements
              + " elements for shape "
              + shape
              + ", got "
              + array.length());
    }
    if (array.dataType() != type.dataType()) {
      throw new IllegalArgumentException(
          "tensor "
              + name
              + ": expected an array of "
              + type.dataType()
              + ", got "
              + array.dataType());
    }
    ArrayMemory.requireDense("tensor " + name, array);
  }

  /**
   * The tensor of a whole array, in the array's own shape.
   *
   * @throws IllegalArgumentException if the format has no such element type, or the array is not
   *     dense in C order
   */
  public static Tensor of(String name, INDArray array) {
    return of(name, Arrays.stream(array.shape()).boxed().toList(), array);
  }

  /** The tensor of an array's elements in another shape. */
  public static Tensor of(String name, List<Long> shape, INDArray array) {
    ElementType type =
        ElementType.of(array.dataType())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "tensor " + name + ": safetensors has no type for " + array.dataType()));
    return new Tensor(name, type, shape, array);
  }

  /** The elements' bytes, little-endian: the array's own memory, of less than 2 GiB. */
  public ByteBuffer content() {
    return ArrayMemory.content(array);
  }

  /** Number of bytes. */
  public long bytes() {
    return array.length() * type.bytes();
  }
}
