package org.convoy.kernels;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.convoy.graph.Graph;
import org.convoy.graph.Output;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Targets;
import org.convoy.loss.device.DeviceLoss;
import org.convoy.loss.device.OutputLayout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A training step as runs take it: vectors and loss are in the device's memory, and forward, loss
 * and backward are one recording. The loss comes down at the end.
 */
final class DeviceTrainingStep implements AutoCloseable {
  private final Plan plan;
  private final DeviceVector parameters;
  private final DeviceVector gradient;
  private final DeviceLoss loss;
  private final OutputKernels kernels;
  private final Targets targets;
  private final float[] weights;

  /**
   * @param plan to train with; stays the caller's
   */
  DeviceTrainingStep(Device device, Plan plan) {
    Graph graph = plan.graph();
    int batch = plan.request().batch();
    this.plan = plan;
    this.parameters = new DeviceVector(device, plan.layout().length());
    this.gradient = new DeviceVector(device, plan.layout().length());
    List<Double> outputs =
        graph.outputs().isEmpty()
            ? List.of(1.0)
            : graph.outputs().stream().map(Output::weight).toList();
    int classes = graph.outputShape().channels();
    this.loss =
        new DeviceLoss(
            device,
            new CrossEntropy(0.1),
            Optional.empty(),
            new OutputLayout(batch, classes, 1, outputs));
    this.kernels = loss::launch;
    int[] labels = new int[batch];
    Arrays.setAll(labels, i -> i % classes);
    this.targets = Targets.classes(labels);
    this.weights = new float[batch];
    Arrays.fill(weights, 1);
    INDArray first = plan.layout().initialize(1, DataType.FLOAT);
    parameters.upload(first.data().addressPointer(), 0, first.length());
    plan.bind(parameters, gradient);
  }

  /** With a batch that the host has. */
  double run(FloatPointer images, long key) {
    loss.put(targets, weights, 1);
    plan.parametersChanged();
    plan.step(images, key, ParameterGate.OPEN, kernels, GradientListener.NONE);
    return loss.take();
  }

  /** With a batch that kernels write. */
  double run(InputKernels images, long key) {
    loss.put(targets, weights, 1);
    plan.parametersChanged();
    plan.step(images, key, ParameterGate.OPEN, kernels, GradientListener.NONE);
    return loss.take();
  }

  @Override
  public void close() {
    loss.close();
    parameters.close();
    gradient.close();
  }
}
