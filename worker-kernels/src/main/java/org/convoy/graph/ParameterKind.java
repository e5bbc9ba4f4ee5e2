package org.convoy.graph;

/**
 * What a tensor of a network is for: decides whether it is trained and whether weight decay may
 * leave it out.
 */
public enum ParameterKind {
  WEIGHT,
  BIAS,
  NORM_SCALE,
  NORM_SHIFT,
  /** Of a learned activation; He et al. 2015 do not decay it. */
  SLOPE,
  /** Moves with the data, not with the gradient. */
  RUNNING_STATISTIC;

  public boolean trainable() {
    return this != RUNNING_STATISTIC;
  }
}
