package org.convoy.kernels;

/**
 * What a training plan computes a second time in backward instead of keeping it since forward:
 * memory against time (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"). The
 * results are the same to the bit.
 */
public enum Recomputation {
  /** Nothing: every activation that backward reads is kept. */
  NONE,
  /**
   * What lies within a block; of each block only the result is kept. A block ends where a single
   * value is all that the rest of the network reads.
   */
  BLOCKS
}
