package org.convoy.driver.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The time of a step by activity, in milliseconds per step. An executor's training thread does one
 * activity at a time. Values that were not measured are NaN.
 *
 * @param data waiting for the next samples
 * @param compute forward, loss and backward, including the gradients' transfer to the exchange
 * @param exchange waiting for other executors, and adding what they sent
 * @param update the optimizer, clipping, averages of weights and running statistics
 * @param checkpoint saving checkpoints, spread over all steps
 * @param exchangeWait the part of {@code exchange} in which the executor waited for others
 */
public record StepTimes(
    double data,
    double compute,
    double exchange,
    double update,
    double checkpoint,
    double exchangeWait)
    implements Serializable {

  private static final long serialVersionUID = 1;

  /** Nothing was measured. */
  public static final StepTimes NONE =
      new StepTimes(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  /** The mean of several executors' times; {@link #NONE} for no executors. */
  public static StepTimes mean(List<StepTimes> all) {
    return new StepTimes(
        mean(all, StepTimes::data),
        mean(all, StepTimes::compute),
        mean(all, StepTimes::exchange),
        mean(all, StepTimes::update),
        mean(all, StepTimes::checkpoint),
        mean(all, StepTimes::exchangeWait));
  }

  private static double mean(List<StepTimes> all, ToDoubleFunction<StepTimes> part) {
    return all.stream().mapToDouble(part).average().orElse(Double.NaN);
  }

  /** The time of the whole step. */
  public double total() {
    return data + compute + exchange + update + checkpoint;
  }

  ObjectNode node() {
    ObjectNode node = Json.object();
    Json.put(node, "data", data);
    Json.put(node, "compute", compute);
    Json.put(node, "exchange", exchange);
    Json.put(node, "exchange_wait", exchangeWait);
    Json.put(node, "update", update);
    Json.put(node, "checkpoint", checkpoint);
    return node;
  }
}
