package org.convoy.jobs;

import org.convoy.kernels.Precision;

/** The values of {@code --precision}. */
enum ComputePrecision {
  float32(Precision.FLOAT32),
  bfloat16(Precision.BFLOAT16);

  private final Precision precision;

  ComputePrecision(Precision precision) {
    this.precision = precision;
  }

  Precision precision() {
    return precision;
  }
}
