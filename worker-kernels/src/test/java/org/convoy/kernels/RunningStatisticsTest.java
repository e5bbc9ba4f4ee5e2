package org.convoy.kernels;

import static org.convoy.kernels.Closeness.assertClose;

import org.convoy.graph.BatchNorm;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Moments of micro-batches add up to those of the whole. */
class RunningStatisticsTest {
  private static final Graph GRAPH =
      Value.input(Shape.of(3, 4, 5)).norm("bn", new BatchNorm(1e-5, 0.3)).graph("norm");
  private static final Parameters LAYOUT = Parameters.of(GRAPH);

  /** Far from zero, where moments about zero would cancel. */
  private static INDArray images() {
    return Draw.uniform(Case.SEED, "images", 1, 6, 3, 4, 5).castTo(DataType.DOUBLE).addi(1000);
  }

  private static INDArray start() {
    INDArray parameters = LAYOUT.initialize(1, DataType.DOUBLE);
    LAYOUT.view(parameters, LAYOUT.get("bn.running_mean")).assign(990);
    return parameters;
  }

  private static INDArray moments(INDArray parameters, INDArray images) {
    INDArray gradients = parameters.like();
    int batch = (int) images.size(0);
    PlanRequest request = PlanRequest.training(batch).precision(Precision.FLOAT64);
    try (Plan plan = Backends.get("nd4j").compile(GRAPH, request)) {
      plan.bind(parameters, gradients);
      plan.input().assign(images);
      plan.forward(0);
      plan.backward(images.like(), GradientListener.NONE);
    }
    return gradients;
  }

  /** torch's rule, written out. */
  private static INDArray expected() {
    INDArray parameters = start();
    INDArray x = images().permute(1, 0, 2, 3).dup('c').reshape('c', 3, 120);
    INDArray mean = x.mean(1);
    INDArray variance = x.var(true, 1);
    INDArray runningMean = LAYOUT.view(parameters, LAYOUT.get("bn.running_mean"));
    runningMean.muli(0.7).addi(mean.mul(0.3));
    INDArray runningVariance = LAYOUT.view(parameters, LAYOUT.get("bn.running_var"));
    runningVariance.muli(0.7).addi(variance.mul(0.3));
    return parameters;
  }

  @Test
  void oneBatchMovesThemAsTorchDoes() {
    INDArray parameters = start();
    INDArray moments = moments(parameters, images());
    new RunningStatistics(GRAPH, LAYOUT, 6).update(parameters, moments, 1);
    assertClose("parameters", expected(), parameters, 1e-13, 1);
  }

  @Test
  void threeMicroBatchesMoveThemAsOneBatchDoes() {
    INDArray parameters = start();
    INDArray sum = Nd4j.zeros(DataType.DOUBLE, LAYOUT.length());
    for (int i = 0; i < 3; i++) {
      INDArray part = images().get(NDArrayIndex.interval(2 * i, 2 * i + 2)).dup('c');
      sum.addi(moments(parameters, part));
    }
    new RunningStatistics(GRAPH, LAYOUT, 6).update(parameters, sum, 3);
    assertClose("parameters", expected(), parameters, 1e-13, 1);
  }
}
