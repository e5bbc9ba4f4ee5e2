package org.convoy.driver.training;

/**
 * The costs of a step, in seconds of an executor.
 *
 * @param executors that take part
 * @param compute forward, backward and update
 * @param exchange waiting for other executors
 * @param data waiting for images
 * @param checkpoint writing checkpoints, spread over all steps
 * @param bytesSent of the executor to others
 */
public record StepCost(
    int executors,
    double compute,
    double exchange,
    double data,
    double checkpoint,
    double bytesSent) {

  /** The whole step. */
  public double seconds() {
    return compute + exchange + data + checkpoint;
  }

  /** The part of the step in which the executor computes: its weak scaling. */
  public double efficiency() {
    return compute / seconds();
  }
}
