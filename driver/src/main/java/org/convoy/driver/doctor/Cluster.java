package org.convoy.driver.doctor;

import java.util.List;
import java.util.Optional;
import org.convoy.driver.evaluation.NativeBudget;
import org.convoy.driver.evaluation.NativeBudget.Part;
import org.convoy.driver.spark.ExecutorSize;

/**
 * What Spark was asked for.
 *
 * @param master the master's URL
 * @param wanted the number of executors
 * @param size of each executor
 * @param demand what the recipe's executors take beside their heaps, if a recipe was given
 * @param gpuDemand what they take of their GPUs' memory at least, without the scratch memory of
 *     cuDNN; nothing where executors have no GPUs or no recipe was given
 */
record Cluster(
    String master,
    int wanted,
    ExecutorSize size,
    Optional<NativeBudget> demand,
    List<Part> gpuDemand) {
  /** Copies the list. */
  Cluster {
    gpuDemand = List.copyOf(gpuDemand);
  }

  /** The setting that binds executors to equal machines. */
  String placement() {
    if (master.startsWith("yarn")) {
      return "--conf spark.yarn.executor.nodeLabelExpression=LABEL";
    }
    if (master.startsWith("k8s")) {
      return "--conf spark.kubernetes.executor.node.selector.LABEL=VALUE";
    }
    return "start the workers on machines of one kind, with the same JDK and jar";
  }
}
