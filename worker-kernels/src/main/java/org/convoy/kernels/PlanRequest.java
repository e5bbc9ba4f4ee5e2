package org.convoy.kernels;

/**
 * The options for compiling a graph.
 *
 * @param batch samples computed together, at least 1
 * @param inputGradient whether backward also computes the gradient of the input
 * @param frozen the tensors that are not trained; ignored by an inference plan
 * @param recomputation the results that backward computes again instead of keeping them
 * @param choices the backend's implementations, as {@link Backend#choose} found them
 */
public record PlanRequest(
    int batch,
    Precision precision,
    Mode mode,
    boolean inputGradient,
    Frozen frozen,
    Recomputation recomputation,
    Choices choices) {
  public PlanRequest {
    if (batch < 1) {
      throw new IllegalArgumentException("a plan's batch must be at least 1, got " + batch);
    }
    if (inputGradient && mode != Mode.TRAINING) {
      throw new IllegalArgumentException("only a training plan has an input gradient");
    }
  }

  public static PlanRequest training(int batch) {
    return of(batch, Mode.TRAINING);
  }

  public static PlanRequest inference(int batch) {
    return of(batch, Mode.INFERENCE);
  }

  private static PlanRequest of(int batch, Mode mode) {
    return new PlanRequest(
        batch, Precision.FLOAT32, mode, false, Frozen.NONE, Recomputation.NONE, Choices.NONE);
  }

  public PlanRequest batch(int batch) {
    return new PlanRequest(batch, precision, mode, inputGradient, frozen, recomputation, choices);
  }

  public PlanRequest precision(Precision precision) {
    return new PlanRequest(batch, precision, mode, inputGradient, frozen, recomputation, choices);
  }

  public PlanRequest withInputGradient() {
    return new PlanRequest(batch, precision, mode, true, frozen, recomputation, choices);
  }

  public PlanRequest frozen(Frozen frozen) {
    return new PlanRequest(batch, precision, mode, inputGradient, frozen, recomputation, choices);
  }

  public PlanRequest recomputation(Recomputation recomputation) {
    return new PlanRequest(batch, precision, mode, inputGradient, frozen, recomputation, choices);
  }

  public PlanRequest choices(Choices choices) {
    return new PlanRequest(batch, precision, mode, inputGradient, frozen, recomputation, choices);
  }
}
