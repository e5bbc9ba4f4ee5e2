package org.convoy.kernels;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Graph;
import org.convoy.kernels.cuda.Device;
import org.convoy.models.Models;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Times whole training steps, or predictions, of a network on a backend, for {@code
 * deploy/device/check}: copies to and from the device are part of a step. Prints one line of JSON.
 */
public final class DeviceStep {
  private static final int WARM_UP = 5;

  private DeviceStep() {}

  /**
   * @param args backend, network, batch, precision, steps, {@code training} or {@code inference}
   */
  public static void main(String[] args) {
    int batch = Integer.parseInt(args[2]);
    int steps = Integer.parseInt(args[4]);
    Graph graph = Models.get(args[1]).build();
    boolean trains = args[5].equals("training");
    PlanRequest request =
        (trains ? PlanRequest.training(batch) : PlanRequest.inference(batch))
            .precision(Precision.valueOf(args[3].toUpperCase(Locale.ROOT)));
    Backend backend = Backends.get(args[0]);
    try (Plan plan = backend.compile(graph, request)) {
      double[] seconds = trains ? training(backend, plan, steps) : inference(plan, steps);
      Arrays.sort(seconds);
      double median = seconds[steps / 2];
      System.out.printf(
          Locale.ROOT,
          "{\"backend\": \"%s\", \"mode\": \"%s\", \"network\": \"%s\", \"batch\": %d, \"precision\": \"%s\", \"seconds\": %.6f, \"images_per_second\": %.1f, \"device_bytes\": %d}%n",
          args[0],
          args[5],
          args[1],
          batch,
          args[3],
          median,
          batch / median,
          plan.memory().deviceBytes());
    }
  }

  private static double[] training(Backend backend, Plan plan, int steps) {
    Graph graph = plan.graph();
    Device device = backend.device().orElseThrow();
    try (DeviceTrainingStep step = new DeviceTrainingStep(device, plan);
        INDArray images =
            Nd4j.rand(DataType.FLOAT, graph.inputShape().batched(plan.request().batch()))) {
      Pointer memory = images.data().addressPointer();
      long bytes = images.length() * Float.BYTES;
      device.pin(memory, bytes);
      InputKernels copy = to -> device.uploadBeside(to, memory, bytes);
      double[] seconds = timed(steps, i -> step.run(copy, i));
      device.finish();
      device.unpin(memory);
      return seconds;
    }
  }

  private static double[] inference(Plan plan, int steps) {
    INDArray parameters = plan.layout().initialize(1, DataType.FLOAT);
    plan.bind(parameters, parameters);
    plan.input()
        .assign(
            Nd4j.rand(DataType.FLOAT, plan.graph().inputShape().batched(plan.request().batch())));
    return timed(steps, plan::forward);
  }

  /** The seconds of each step, behind some that do not count. */
  private static double[] timed(int steps, IntConsumer step) {
    double[] seconds = new double[steps];
    for (int i = -WARM_UP; i < steps; i++) {
      long start = System.nanoTime();
      step.accept(i);
      if (i >= 0) {
        seconds[i] = (System.nanoTime() - start) * 1e-9;
      }
    }
    return seconds;
  }
}
