package org.convoy.artifact;

import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/** The element types of the safetensors format, named as in a file. All are little-endian. */
public enum ElementType {
  F64(DataType.DOUBLE),
  F32(DataType.FLOAT),
  F16(DataType.HALF),
  BF16(DataType.BFLOAT16),
  I64(DataType.LONG),
  I32(DataType.INT),
  I16(DataType.SHORT),
  I8(DataType.BYTE),
  U64(DataType.UINT64),
  U32(DataType.UINT32),
  U16(DataType.UINT16),
  U8(DataType.UBYTE),
  BOOL(DataType.BOOL);

  private final DataType dataType;

  ElementType(DataType dataType) {
    this.dataType = dataType;
  }

  /** Bytes per element. */
  public int bytes() {
    return dataType.width();
  }

  /** Whether the elements are floating-point numbers. */
  public boolean isFloating() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /** The type of an ND4J array with the same elements. */
  public DataType dataType() {
    return dataType;
  }

  /** The type of an array's elements, if safetensors has it. */
  public static Optional<ElementType> of(DataType dataType) {
    for (ElementType type : values()) {
      if (type.dataType == dataType) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** The type with this name in a file, if it is one of these. */
  public static Optional<ElementType> named(String name) {
    for (ElementType type : values()) {
      if (type.name().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
