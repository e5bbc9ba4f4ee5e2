package org.convoy.kernels;

/** The use of a plan. */
public enum Mode {
  /** Forward with the statistics of the batch, then backward. */
  TRAINING,
  /** Only forward, with the running statistics. */
  INFERENCE
}
