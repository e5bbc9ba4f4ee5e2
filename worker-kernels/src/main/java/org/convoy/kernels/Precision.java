package org.convoy.kernels;

import org.nd4j.linalg.api.buffer.DataType;

/** The numbers a plan computes with. */
public enum Precision {
  FLOAT32(DataType.FLOAT),
  /**
   * Activations and weights bfloat16 in compute; inputs, outputs, parameters, statistics and
   * gradients float32.
   */
  BFLOAT16(DataType.FLOAT),
  /** For references and gradient checks. */
  FLOAT64(DataType.DOUBLE);

  private final DataType vectors;

  Precision(DataType vectors) {
    this.vectors = vectors;
  }

  /** The type of everything that crosses a plan's edge: flat vectors, inputs and outputs. */
  public DataType vectors() {
    return vectors;
  }
}
