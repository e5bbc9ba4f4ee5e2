package org.convoy.kernels;

/**
 * The options for compiling a graph.
 *
 * @param batch samples computed together, at least 1
 * @param inputGradient whether backward also computes the gradient of the input
 * @param frozen the tensors that are not trained; ignored by an inference plan
 * @param recomputation the results that backward computes again instead of keeping them
 * @param choices the backend's implementations, as {@link Backend#choose} found them
 * @param workspaceLimit the bytes of scratch memory that an implementation of a library's may take;
 *     one that takes more is not chosen. Only the backend {@code cudnn} has such
 */
public record PlanRequest(
    int batch,
    Precision precision,
    Mode mode,
    boolean inputGradient,
    Frozen frozen,
    Recomputation recomputation,
    Choices choices,
    long workspaceLimit) {
  public PlanRequest {
    if (batch < 1) {
      throw new IllegalArgumentException("a plan's batch must be at least 1, got " + batch);
    }
    if (workspaceLimit < 0) {
      throw new IllegalArgumentException(
          "a plan's workspace limit must be at least 0, got " + workspaceLimit);
    }
    if (inputGradient && mode != Mode.TRAINING) {
      throw new IllegalArgumentException("only a training plan has an input gradient");
    }
  }

  /**
   * The scratch memory that an implementation of a training plan may take unless one says: 1 GiB.
   */
  public static final long TRAINING_WORKSPACE = 1L << 30;

  /** The same of an inference plan: 256 MiB. */
  public static final long INFERENCE_WORKSPACE = 1L << 28;

  public static PlanRequest training(int batch) {
    return of(batch, Mode.TRAINING, TRAINING_WORKSPACE);
  }

  public static PlanRequest inference(int batch) {
    return of(batch, Mode.INFERENCE, INFERENCE_WORKSPACE);
  }

  private static PlanRequest of(int batch, Mode mode, long workspaceLimit) {
    return new PlanRequest(
        batch,
        Precision.FLOAT32,
        mode,
        false,
        Frozen.NONE,
        Recomputation.NONE,
        Choices.NONE,
        workspaceLimit);
  }

  public PlanRequest batch(int batch) {
    return new PlanRequest(
        batch, precision, mode, inputGradient, frozen, recomputation, choices, workspaceLimit);
  }

  public PlanRequest precision(Precision precision) {
    return new PlanRequest(
        batch, precision, mode, inputGradient, frozen, recomputation, choices, workspaceLimit);
  }

  public PlanRequest withInputGradient() {
    return new PlanRequest(
        batch, precision, mode, true, frozen, recomputation, choices, workspaceLimit);
  }

  public PlanRequest frozen(Frozen frozen) {
    return new PlanRequest(
        batch, precision, mode, inputGradient, frozen, recomputation, choices, workspaceLimit);
  }

  public PlanRequest recomputation(Recomputation recomputation) {
    return new PlanRequest(
        batch, precision, mode, inputGradient, frozen, recomputation, choices, workspaceLimit);
  }

  public PlanRequest choices(Choices choices) {
    return new PlanRequest(
        batch, precision, mode, inputGradient, frozen, recomputation, choices, workspaceLimit);
  }

  /**
   * @param bytes the most scratch memory of an implementation
   */
  public PlanRequest workspaceLimit(long bytes) {
    return new PlanRequest(
        batch, precision, mode, inputGradient, frozen, recomputation, choices, bytes);
  }
}
