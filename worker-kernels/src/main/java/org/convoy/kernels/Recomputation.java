package org.convoy.kernels;

/**
 * The results that a training plan computes again in backward instead of keeping them since
 * forward, which saves memory and costs time (Chen et al. 2016, "Training Deep Nets with Sublinear
 * Memory Cost"). The results are bitwise the same.
 */
public enum Recomputation {
  /** No results: every activation that backward reads is kept. */
  NONE,
  /**
   * The results within a block; only the result of each block is kept. A block ends where the rest
   * of the network reads only one value.
   */
  BLOCKS
}
