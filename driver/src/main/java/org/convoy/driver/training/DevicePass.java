package org.convoy.driver.training;

import java.util.List;
import java.util.Optional;
import org.convoy.graph.Graph;
import org.convoy.graph.Output;
import org.convoy.image.device.DeviceBatch;
import org.convoy.image.loader.Batch;
import org.convoy.kernels.Backend;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.OutputKernels;
import org.convoy.kernels.ParameterGate;
import org.convoy.kernels.Plan;
import org.convoy.kernels.cuda.Device;
import org.convoy.loss.Loss;
import org.convoy.loss.device.DeviceLoss;
import org.convoy.loss.device.OutputLayout;

/**
 * Forward, loss and backward of a micro-batch on the backend's device in one go. The loss and its
 * gradient have the bytes that {@link OutputLosses} gives them on the host.
 */
final class DevicePass implements AutoCloseable {
  private final Optional<Teacher> teacher;
  private final DeviceLoss loss;
  private final OutputKernels kernels;
  private final Optional<DeviceBatch> pixels;

  private DevicePass(
      Device device,
      RunSpec spec,
      Graph graph,
      Optional<Teacher> teacher,
      Optional<DeviceBatch> pixels) {
    this.teacher = teacher;
    this.pixels = pixels;
    this.loss =
        new DeviceLoss(
            device, spec.recipe().loss(), teacher.map(Teacher::loss), layout(spec, graph));
    this.kernels = loss::launch;
  }

  /**
   * The pass of a run whose backend has a device and whose loss has kernels.
   *
   * @param pixels where micro-batches of 8-bit pixels go; they stay the caller's
   */
  static Optional<DevicePass> of(
      RunSpec spec,
      Backend backend,
      Graph graph,
      Optional<Teacher> teacher,
      Optional<DeviceBatch> pixels) {
    return DeviceLoss.has(spec.recipe().loss())
        ? backend.device().map(device -> new DevicePass(device, spec, graph, teacher, pixels))
        : Optional.empty();
  }

  private static OutputLayout layout(RunSpec spec, Graph graph) {
    List<Double> weights =
        graph.outputs().isEmpty()
            ? List.of(1.0)
            : graph.outputs().stream().map(Output::weight).toList();
    int classes = graph.outputShape().channels();
    int positions = Math.toIntExact(graph.outputShape().elements() / classes);
    return new OutputLayout(spec.places(), classes, positions, weights);
  }

  /** The device's memory that the loss of a run takes; 0 if it is computed on the host. */
  static long bytes(RunSpec spec, Graph graph, boolean taught) {
    Loss loss = spec.recipe().loss();
    return DeviceLoss.has(loss) ? DeviceLoss.bytes(loss, layout(spec, graph), taught) : 0;
  }

  /**
   * Computes a micro-batch's gradient.
   *
   * @param bits the key of the pass's random draws
   * @return the mean loss over the images that count
   */
  double compute(
      Plan plan,
      Batch batch,
      Supervised supervised,
      long bits,
      ParameterGate gate,
      GradientListener listener) {
    SampleWeights weights = supervised.weights();
    loss.put(supervised.targets(), weights.each(), weights.mean());
    teacher.ifPresent(each -> loss.putTeacher(each.output(batch), batch.weights()));
    if (pixels.isPresent()) {
      pixels.get().put(batch);
      plan.step(pixels.get().input(), bits, gate, kernels, listener);
    } else {
      plan.step(batch.images(), bits, gate, kernels, listener);
    }
    return loss.take();
  }

  @Override
  public void close() {
    loss.close();
  }
}
