package org.convoy.kernels;

/**
 * What a graph is compiled for.
 *
 * @param batch samples computed together, at least 1
 * @param inputGradient whether backward also computes the gradient of the input
 */
public record PlanRequest(int batch, Precision precision, Mode mode, boolean inputGradient) {
  public PlanRequest {
    if (batch < 1) {
      throw new IllegalArgumentException("a plan's batch must be at least 1, got " + batch);
    }
    if (inputGradient && mode != Mode.TRAINING) {
      throw new IllegalArgumentException("only a training plan has an input gradient");
    }
  }

  public static PlanRequest training(int batch) {
    return new PlanRequest(batch, Precision.FLOAT32, Mode.TRAINING, false);
  }

  public static PlanRequest inference(int batch) {
    return new PlanRequest(batch, Precision.FLOAT32, Mode.INFERENCE, false);
  }

  public PlanRequest precision(Precision precision) {
    return new PlanRequest(batch, precision, mode, inputGradient);
  }

  public PlanRequest withInputGradient() {
    return new PlanRequest(batch, precision, mode, true);
  }
}
