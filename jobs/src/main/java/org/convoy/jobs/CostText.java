package org.convoy.jobs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.convoy.driver.training.RunEstimate;
import org.convoy.driver.training.StepCost;

/** The forecast of a step's costs as a user reads it. */
final class CostText {
  private CostText() {}

  /**
   * A line for the run's own step, then one for each size of a cluster; none without a forecast.
   */
  static List<String> lines(RunEstimate estimate) {
    List<String> lines = new ArrayList<>();
    for (StepCost cost : estimate.costs()) {
      lines.add(
          String.format(
              Locale.ROOT,
              lines.isEmpty()
                  ? "step       forecast on %,d executors: %,.1f ms, which is %,.1f computing, %,.1f"
                      + " waiting for the exchange, %,.1f for images, %,.1f for checkpoints; %,.0f"
                      + " images/s, weak scaling %.1f%%"
                  : "scaling    %,5d executors: %,.1f ms = %,.1f + %,.1f + %,.1f + %,.1f; %,.0f"
                      + " images/s, %.1f%%",
              cost.executors(),
              cost.seconds() * 1e3,
              cost.compute() * 1e3,
              cost.exchange() * 1e3,
              cost.data() * 1e3,
              cost.checkpoint() * 1e3,
              imagesPerSecond(estimate, cost),
              cost.efficiency() * 100));
    }
    return lines;
  }

  /** For a program, in the same order. */
  static List<Map<String, Object>> json(RunEstimate estimate) {
    return estimate.costs().stream().map(cost -> node(estimate, cost)).toList();
  }

  private static Map<String, Object> node(RunEstimate estimate, StepCost cost) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("executors", cost.executors());
    node.put("step_seconds", cost.seconds());
    node.put("compute_seconds", cost.compute());
    node.put("exchange_seconds", cost.exchange());
    node.put("data_seconds", cost.data());
    node.put("checkpoint_seconds", cost.checkpoint());
    node.put("bytes_sent", cost.bytesSent());
    node.put("images_per_second", imagesPerSecond(estimate, cost));
    node.put("weak_scaling", cost.efficiency());
    return node;
  }

  private static double imagesPerSecond(RunEstimate estimate, StepCost cost) {
    long each = (long) estimate.microBatchesEach() * estimate.batch().microBatchSize();
    return cost.executors() * each / cost.seconds();
  }
}
