package org.convoy.kernels;

/** What a plan is for. */
public enum Mode {
  /** Forward with the statistics of the batch, then backward. */
  TRAINING,
  /** Forward alone, with the running statistics. */
  INFERENCE
}
