package org.convoy.artifact;

import java.util.List;

/**
 * The description of one tensor in a safetensors header.
 *
 * @param name unique within the file
 * @param type of its elements
 * @param shape outermost dimension first, dense in C order; empty for a scalar
 * @param begin its first byte, counted from the end of the header
 * @param end one past its last byte
 */
public record TensorInfo(String name, ElementType type, List<Long> shape, long begin, long end) {
  /** Copies the shape. */
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Number of elements. */
  public long elements() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }

  /** Number of bytes. */
  public long bytes() {
    return end - begin;
  }
}
