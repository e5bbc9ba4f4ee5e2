package org.convoy.kernels.cudnn;

/** What is left of an op after its forward steps: its result, and how to add its backward steps. */
record Lowered(Tensor output, Backward backward) {

  /** Adds an op's backward steps. */
  @FunctionalInterface
  interface Backward {
    /**
     * @param gradient of the op's result
     */
    void lower(Gradient gradient);
  }
}
