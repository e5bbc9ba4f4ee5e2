package org.convoy.graph;

/**
 * The use of a tensor of a network. It determines whether the tensor is trained and whether weight decay may skip it.
 */
public enum ParameterKind {
  WEIGHT,
  BIAS,
  NORM_SCALE,
  NORM_SHIFT,
  /** Belongs to a learned activation. He et al. 2015 do not decay it. */
  SLOPE,
  /** Changes with the data, not with the gradient. */
  RUNNING_STATISTIC;

  public boolean trainable() {
    return this != RUNNING_STATISTIC;
  }
}
