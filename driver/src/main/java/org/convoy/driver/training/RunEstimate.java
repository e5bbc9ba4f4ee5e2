package org.convoy.driver.training;

import java.util.List;
import org.convoy.driver.config.BatchSettings;
import org.convoy.driver.evaluation.NativeBudget;
import org.convoy.graph.Shape;

/**
 * What a run will be and take, worked out without a cluster.
 *
 * @param missing what must exist before the run can begin, one line each
 * @param network its name
 * @param input the shape of one sample, {@code (channels, height, width)}
 * @param parameters the number of trained elements
 * @param multiplyAdds of the forward pass of one image
 * @param batch with the micro-batch size that was decided, if the recipe leaves it to Convoy
 * @param microBatchesEach of a global batch, at most, on one executor
 * @param stepsPerEpoch global batches per epoch
 * @param steps of the whole run
 * @param memory of the executor that takes the most, beside its Java heap
 * @param imagesPerSecond that all executors together train on, without reading and exchange
 * @param trainingSeconds of all training steps
 * @param validationSeconds of all validations
 * @param costs of a step of this run, then of clusters of other sizes whose executors compute as
 *     much each; none if nothing is known of the network
 */
public record RunEstimate(
    DataOutline data,
    List<String> missing,
    String network,
    Shape input,
    long parameters,
    long multiplyAdds,
    BatchSettings batch,
    int microBatchesEach,
    long stepsPerEpoch,
    long steps,
    NativeBudget memory,
    double imagesPerSecond,
    double trainingSeconds,
    double validationSeconds,
    List<StepCost> costs) {
  /** Copies the lists. */
  public RunEstimate {
    costs = List.copyOf(costs);
    missing = List.copyOf(missing);
  }
}
