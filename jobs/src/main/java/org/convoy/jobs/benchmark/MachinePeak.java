package org.convoy.jobs.benchmark;

import java.util.List;
import java.util.function.ToLongFunction;
import org.convoy.graph.Activate;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.kernels.Backend;
import org.convoy.kernels.KernelTime;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the machine gives at best, measured by the backend's own kernels on the threads that they
 * use: a large matrix product for arithmetic, an activation over far more than the caches hold for
 * memory.
 *
 * @param flops multiplications and additions a second
 * @param bandwidth bytes a second, read and written together
 */
public record MachinePeak(double flops, double bandwidth) {
  private static final int REPETITIONS = 9;
  private static final int SIDE = 2048;
  private static final int LARGE = 64 << 20;

  /** Measures; takes about a second. */
  public static MachinePeak measure(Backend backend, Precision precision) {
    Value matrix = Value.input(Shape.of(SIDE)).linear("product", SIDE);
    Value vector = Value.input(Shape.of(LARGE)).activate(Activate.Function.RELU);
    return new MachinePeak(
        best(backend, precision, matrix.graph("product"), SIDE, KernelTime::work),
        best(backend, precision, vector.graph("stream"), 1, KernelTime::bytes));
  }

  private static double best(
      Backend backend,
      Precision precision,
      Graph graph,
      int batch,
      ToLongFunction<KernelTime> amount) {
    INDArray parameters = Parameters.of(graph).initialize(0, DataType.FLOAT);
    try (Plan plan = backend.compile(graph, PlanRequest.inference(batch).precision(precision))) {
      plan.bind(parameters, parameters);
      plan.input().assign(1);
      plan.forward(0);
      List<KernelTime> times = plan.timeKernels(REPETITIONS);
      return times.stream()
          .mapToDouble(time -> amount.applyAsLong(time) / time.seconds())
          .max()
          .orElse(0);
    } finally {
      parameters.close();
    }
  }
}
