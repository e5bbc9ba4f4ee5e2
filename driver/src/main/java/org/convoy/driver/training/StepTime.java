package org.convoy.driver.training;

import java.util.stream.IntStream;
import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.KernelThreads;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.settings.RequestException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How long a network takes to train on one image. */
@FunctionalInterface
public interface StepTime {
  /**
   * The seconds of forward and backward for one image.
   *
   * @param threads of the kernels
   */
  double secondsPerImage(Backend backend, Graph graph, PlanRequest request, int threads);

  /**
   * Times steps in this process, on a batch that is small enough to take seconds: at most the
   * request's, and at least one image.
   *
   * @throws RequestException if this machine lacks what the backend needs
   */
  static double measured(Backend backend, Graph graph, PlanRequest request, int threads) {
    if (backend.unavailable().isPresent()) {
      throw new RequestException(
          "a step cannot be timed here: expected --images-per-second, or a machine with what the"
              + " backend needs; "
              + backend.unavailable().get());
    }
    long work = 4_000_000_000L;
    int batch = (int) Math.max(1, Math.min(request.batch(), work / graph.multiplyAdds()));
    return KernelThreads.as(threads, () -> fastestStep(backend, graph, request.batch(batch)))
        / batch;
  }

  private static double fastestStep(Backend backend, Graph graph, PlanRequest request) {
    try (Plan plan = backend.compile(graph, request);
        INDArray parameters = plan.layout().initialize(0, DataType.FLOAT);
        INDArray gradient = Nd4j.create(DataType.FLOAT, plan.layout().length());
        INDArray output =
            Nd4j.create(DataType.FLOAT, graph.jointShape().batched(request.batch()))) {
      plan.bind(parameters, gradient);
      plan.input().assign(0.5);
      output.assign(1e-3);
      // The first step touches all memory for the first time.
      return IntStream.range(0, 3).mapToDouble(i -> step(plan, output)).min().orElseThrow();
    }
  }

  private static double step(Plan plan, INDArray outputGradient) {
    long start = System.nanoTime();
    plan.forward(0);
    plan.backward(outputGradient, GradientListener.NONE);
    return (System.nanoTime() - start) * 1e-9;
  }
}
