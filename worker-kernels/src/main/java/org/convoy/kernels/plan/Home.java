package org.convoy.kernels.plan;

/** Whose memory a tensor lies in. */
public enum Home {
  /** The plan's one block, shared by tensors whose lifetimes do not meet. */
  ARENA,
  /** The plan's block for what outlives a step: weights in the kernels' layouts. */
  WEIGHTS,
  /** The plan's block that stays zero. */
  ZEROS,
  /** The plan's block for numbers that are known when it is compiled. */
  CONSTANTS,
  /** The caller's flat vectors. */
  PARAMETERS,
  GRADIENTS,
  /** What the caller fills or reads. */
  INPUT,
  OUTPUT,
  INPUT_GRADIENT,
  OUTPUT_GRADIENT,
  /** The key of the pass's random draws, where a device draws. */
  DRAW_KEY
}
