package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.kernels.cuda.HostDevice;
import org.convoy.kernels.cudnn.Emulated;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Loss;
import org.convoy.loss.Targets;
import org.convoy.loss.device.DeviceLoss;
import org.convoy.loss.device.OutputLayout;
import org.convoy.models.Models;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A plan that is bound to vectors in a device's memory computes what it computes with vectors of
 * the host, and leaves the host's alone.
 */
class DeviceBindingTest {
  private static final Graph GRAPH = Models.get("resnet20").build().at(Shape.of(3, 8, 8));
  private static final Parameters LAYOUT = Parameters.of(GRAPH);
  private static final int BATCH = 2;

  private final Backend backend = Emulated.upwards();
  private final INDArray parameters = LAYOUT.initialize(7, DataType.FLOAT);
  private final INDArray gradients = Nd4j.create(DataType.FLOAT, LAYOUT.length());

  @BeforeEach
  void needsTheKernels() {
    assumeTrue(
        backend.unavailable().isEmpty(), () -> "needs " + backend.unavailable().orElseThrow());
  }

  @Test
  void computesTheSameWithoutCopies() {
    Device device = backend.device().orElseThrow();
    try (Plan plan = backend.compile(GRAPH, PlanRequest.training(BATCH));
        DeviceVector there = new DeviceVector(device, LAYOUT.length());
        DeviceVector gradientThere = new DeviceVector(device, LAYOUT.length())) {
      plan.bind(parameters, gradients);
      List<Long> finished = step(plan);
      float[] expected = gradients.toFloatVector();
      float[] output = plan.output().ravel().toFloatVector();

      gradients.assign(0);
      there.upload(address(parameters), 0, LAYOUT.length());
      plan.bind(there, gradientThere);
      assertEquals(finished, step(plan), "what backward reports as finished");
      assertArrayEquals(output, plan.output().ravel().toFloatVector());
      assertArrayEquals(new float[expected.length], gradients.toFloatVector());
      gradientThere.download(address(gradients), 0, LAYOUT.length());
      assertArrayEquals(expected, gradients.toFloatVector());

      // Changed where they lie, and back to the host's.
      INDArray smaller = parameters.mul(0.5);
      there.upload(address(smaller), 0, LAYOUT.length());
      plan.parametersChanged();
      step(plan);
      float[] changed = plan.output().ravel().toFloatVector();
      plan.bind(smaller, gradients);
      step(plan);
      assertArrayEquals(changed, plan.output().ravel().toFloatVector());
    }
  }

  /** Forward, loss and backward in one go, for vectors of the host and of the device. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStepWithItsLossIsOneRecording(boolean inParts) {
    HostDevice device = (HostDevice) backend.device().orElseThrow();
    OutputLayout outputs = new OutputLayout(BATCH, GRAPH.outputShape().channels(), 1, List.of(1.0));
    Loss formula = new CrossEntropy(0.1);
    Targets targets = Targets.classes(1, 3);
    float[] weights = {1, 1};
    try (Plan plan = backend.compile(GRAPH, PlanRequest.training(BATCH).withInputGradient());
        DeviceLoss loss = new DeviceLoss(device, formula, Optional.empty(), outputs);
        DeviceVector there = new DeviceVector(device, LAYOUT.length());
        DeviceVector gradientThere = new DeviceVector(device, LAYOUT.length())) {
      plan.bind(parameters, gradients);
      plan.input().assign(0.25);
      plan.forward(3);
      INDArray outputGradient = plan.output().like();
      double value = formula.evaluate(plan.output(), targets, weights, outputGradient);
      plan.backward(outputGradient, GradientListener.NONE);
      float[] expected = gradients.toFloatVector();
      float[] ofInput = plan.inputGradient().ravel().toFloatVector();

      Pointer input = address(plan.input());
      GradientListener listener =
          inParts ? (from, to) -> {} : ((GradientListener) (from, to) -> {}).atTheEnd();
      OutputKernels kernels = loss::launch;
      loss.put(targets, weights, 1);
      for (int repeated = 0; repeated < 2; repeated++) {
        gradients.assign(0);
        plan.parametersChanged();
        int before = device.replays();
        plan.step(input, 3, ParameterGate.OPEN, kernels, listener);
        assertEquals(1, device.replays() - before);
        assertEquals(value, loss.take());
        assertArrayEquals(expected, gradients.toFloatVector());
        assertArrayEquals(ofInput, plan.inputGradient().ravel().toFloatVector());
      }

      there.upload(address(parameters), 0, LAYOUT.length());
      plan.bind(there, gradientThere);
      plan.step(input, 3, ParameterGate.OPEN, kernels, listener);
      assertEquals(value, loss.take());
      gradientThere.download(address(gradients), 0, LAYOUT.length());
      assertArrayEquals(expected, gradients.toFloatVector());
      assertThrows(
          IllegalStateException.class,
          () -> plan.backward(outputGradient, GradientListener.NONE),
          "the step has used the results of forward");
    }
  }

  @Test
  void refusesVectorsOfAnotherLength() {
    Device device = backend.device().orElseThrow();
    try (Plan plan = backend.compile(GRAPH, PlanRequest.training(BATCH));
        DeviceVector one = new DeviceVector(device, LAYOUT.length() - 1)) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> plan.bind(one, one)).toString();
      assertTrue(message.contains("numbers in the device's memory, got one of"), message);
    }
  }

  /** The ends of the ranges that backward finishes, in their order. */
  private static List<Long> step(Plan plan) {
    plan.input().assign(0.25);
    plan.forward(3);
    List<Long> finished = new ArrayList<>();
    plan.backward(
        plan.output().mul(0.125),
        (from, to) -> {
          finished.add(from);
          finished.add(to);
        });
    return finished;
  }

  private static Pointer address(INDArray array) {
    return array.data().addressPointer();
  }
}
