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
  /** Moves with the data, not with the gradient. */
  RUNNING_STATISTIC;

  public boolean trainable() {
    return this != RUNNING_STATISTIC;
  }
}
