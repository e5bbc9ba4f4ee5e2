package org.convoy.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.convoy.graph.Draws;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.kernels.cuda.HostDevice;
import org.convoy.loss.device.DeviceLoss;
import org.convoy.loss.device.OutputLayout;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The kernels of losses give the values and gradients of the Java formulas, bit by bit, from
 * whichever end their indices run. They are compiled for the host here; a GPU has to round as IEEE
 * 754 says to give them too.
 */
class DeviceLossTest {
  private static final Distillation SOFT = new Distillation(3, 0.3);
  private static final List<Double> ONE = List.of(1.0);
  private static final List<HostDevice> DEVICES = new ArrayList<>();

  @BeforeAll
  static void open() {
    try {
      DEVICES.add(new HostDevice(false));
      DEVICES.add(new HostDevice(true));
    } catch (UnsupportedOperationException e) {
      assumeTrue(false, "" + e.getMessage());
    }
  }

  @AfterAll
  static void close() {
    DEVICES.forEach(HostDevice::close);
    DEVICES.clear();
  }

  static Stream<Loss> losses() {
    return Stream.concat(
        LossContractTest.losses(),
        Stream.of(new Focal(0.3, 1), new Focal(0.25, 1.7), new Focal(0.9, 123.456)));
  }

  /** Numbers of which some are near 0 and some far away, where exponentials reach their ends. */
  private static INDArray outputs(String name, int length) {
    INDArray array = Nd4j.create(DataType.FLOAT, length);
    Draws draws = new Draws(11, name);
    double[] widths = {1e-9, 1e-3, 0.5, 3, 30, 800};
    for (long i = 0; i < length; i++) {
      double width = widths[(int) (draws.uniform(2 * i) * widths.length)];
      array.putScalar(i, width * (2 * draws.uniform(2 * i + 1) - 1));
    }
    return array;
  }

  private static INDArray targets(int length) {
    INDArray array = Nd4j.create(DataType.FLOAT, length);
    Draws draws = new Draws(12, "targets");
    for (long i = 0; i < length; i++) {
      array.putScalar(i, draws.uniform(i) < 0.2 ? 0 : draws.uniform(i));
    }
    return array;
  }

  /** One sample does not count. */
  private static float[] weights(int batch) {
    float[] weights = new float[batch];
    for (int n = 0; n < batch; n++) {
      weights[n] = n == 1 ? 0 : 0.5f + n;
    }
    return weights;
  }

  private static Targets labels(OutputLayout layout) {
    int[] labels = new int[layout.batch() * layout.positions()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (3 * i + 1) % layout.classes();
    }
    Arrays.fill(labels, layout.positions(), 2 * layout.positions(), -1);
    return Targets.classes(labels);
  }

  private static INDArray shaped(INDArray flat, OutputLayout layout) {
    return flat.reshape(layout.batch(), layout.classes(), layout.positions(), 1).dup('c');
  }

  @ParameterizedTest
  @MethodSource("losses")
  void theBitsOfTheHost(Loss loss) {
    for (OutputLayout layout :
        List.of(new OutputLayout(7, 301, 1, ONE), new OutputLayout(3, 5, 12, ONE))) {
      List<Targets> all = new ArrayList<>();
      all.add(
          Targets.dense(
              shaped(targets(layout.batch() * layout.classes() * layout.positions()), layout)));
      if (loss.takesClasses()) {
        all.add(labels(layout));
      }
      for (Targets each : all) {
        compare(loss, Optional.empty(), layout, each, 1);
        compare(loss, Optional.empty(), layout, each, 1.7);
      }
    }
  }

  /** As hidden patches of a masked autoencoder have it; the first sample has none. */
  @Test
  void targetsThatAreNoNumbersDoNotCount() {
    OutputLayout layout = new OutputLayout(4, 3, 5, ONE);
    INDArray targets = targets(60);
    for (int i = 0; i < 60; i++) {
      if (i < 15 || i % 4 == 1) {
        targets.putScalar(i, Float.NaN);
      }
    }
    Targets dense = Targets.dense(shaped(targets, layout));
    compare(new MeanSquaredError(), Optional.empty(), layout, dense, 1.7);
  }

  @Test
  void severalOutputsAndATeacherHaveTheBitsOfTheHost() {
    Loss loss = new CrossEntropy(0.1);
    OutputLayout layout = new OutputLayout(4, 13, 2, List.of(1.0, 0.3));
    compare(loss, Optional.empty(), layout, labels(layout), 0.9);
    compare(loss, Optional.of(SOFT), layout, labels(layout), 0.9);
    OutputLayout single = new OutputLayout(4, 13, 2, ONE);
    compare(loss, Optional.of(SOFT), single, labels(single), 1);
  }

  private static void compare(
      Loss loss, Optional<Distillation> soft, OutputLayout layout, Targets targets, double factor) {
    int size = layout.classes() * layout.positions();
    int outputs = layout.weights().size();
    INDArray joint = outputs("output", layout.batch() * outputs * size);
    INDArray teacher = shaped(outputs("teacher", layout.batch() * size), layout);
    float[] weights = weights(layout.batch());
    float[] expected = new float[(int) joint.length()];
    double value = 0;
    for (int i = 0; i < outputs; i++) {
      INDArray own = part(joint, layout, i);
      INDArray gradient = own.like();
      double hard = loss.evaluate(own, targets, weights, gradient) * factor;
      gradient.muli(factor);
      if (i == 0 && soft.isPresent()) {
        INDArray softGradient = own.like();
        hard = soft.get().mix(hard, soft.get().soft(own, teacher, weights, softGradient, 1));
        soft.get().mix(gradient, softGradient);
      }
      if (outputs > 1) {
        gradient.muli(layout.weights().get(i));
      }
      value += layout.weights().get(i) * hard;
      float[] numbers = gradient.data().asFloat();
      for (int n = 0; n < layout.batch(); n++) {
        System.arraycopy(numbers, n * size, expected, (n * outputs + i) * size, size);
      }
    }
    compare(
        loss,
        soft,
        layout,
        there -> {
          there.put(targets, weights, factor);
          soft.ifPresent(each -> there.putTeacher(teacher, weights));
        },
        joint,
        value,
        expected);
  }

  private static void compare(
      Loss loss,
      Optional<Distillation> soft,
      OutputLayout layout,
      Consumer<DeviceLoss> fill,
      INDArray joint,
      double value,
      float[] expected) {
    for (HostDevice device : DEVICES) {
      try (DeviceLoss there = new DeviceLoss(device, loss, soft, layout);
          DeviceVector output = new DeviceVector(device, joint.length());
          DeviceVector gradient = new DeviceVector(device, joint.length());
          FloatPointer found = new FloatPointer(joint.length())) {
        output.upload(joint.data().addressPointer(), 0, joint.length());
        for (int repeated = 0; repeated < 2; repeated++) {
          fill.accept(there);
          there.launch(output.address(), gradient.address());
          assertEquals(value, there.take(), () -> loss + " of " + layout);
        }
        gradient.download(found, 0, joint.length());
        float[] numbers = new float[expected.length];
        found.get(numbers);
        assertArrayEquals(expected, numbers, () -> "gradient of " + loss + " of " + layout);
      }
    }
  }

  private static INDArray part(INDArray joint, OutputLayout layout, int output) {
    int size = layout.classes() * layout.positions();
    int outputs = layout.weights().size();
    float[] all = joint.data().asFloat();
    float[] numbers = new float[layout.batch() * size];
    for (int n = 0; n < layout.batch(); n++) {
      System.arraycopy(all, (n * outputs + output) * size, numbers, n * size, size);
    }
    return shaped(Nd4j.createFromArray(numbers), layout);
  }

  @Test
  void whatTheHostRefusesIsRefused() {
    OutputLayout layout = new OutputLayout(2, 3, 1, ONE);
    try (DeviceLoss loss =
        new DeviceLoss(DEVICES.get(0), new CrossEntropy(0), Optional.empty(), layout)) {
      refused(
          "labels: expected classes from 0 to 2, got 3 of sample 1",
          () -> loss.put(Targets.classes(0, 3), new float[] {1, 1}, 1));
      refused(
          "weights: expected one for each of 2 samples, got 1",
          () -> loss.put(Targets.classes(0, 1), new float[] {1}, 1));
      refused(
          "weights: expected finite and >= 0, got -1.0",
          () -> loss.put(Targets.classes(0, 1), new float[] {1, -1}, 1));
      refused(
          "targets: expected a target of each sample, got pairs",
          () -> loss.put(Targets.pairs(), new float[] {1, 1}, 1));
      refused(
          "targets: expected dense FLOAT of 2 samples, 3 classes and 1 positions",
          () -> loss.put(Targets.dense(Nd4j.create(2, 4)), new float[] {1, 1}, 1));
      loss.put(Targets.classes(0, 7), new float[] {1, 0}, 1);
    }
  }

  private static void refused(String message, Runnable call) {
    String said = assertThrows(IllegalArgumentException.class, call::run).toString();
    assertTrue(said.contains(message), said);
  }

  /** Images of which one view does not count, and images that do not count at all. */
  @Test
  void lossesOfViewsHaveTheBitsOfTheHost() {
    float[][] pairs = {{1, 1, 1, 1, 1, 1}, {1, 0, 0.5f, 1, 1, 2}, {0, 1, 0, 1, 0, 1}};
    for (float[] weights : pairs) {
      OutputLayout layout = new OutputLayout(6, 129, 1, ONE);
      compareViews(new NtXent(0.1), layout, Targets.pairs(), weights);
      compareViews(new NtXent(0.5), layout, Targets.pairs(), weights);
      Targets classes = Targets.classes(0, 128, 7, 0, 128, 7);
      compareViews(new Consistency(12, 0.1), layout, classes, weights);
      compareViews(new Consistency(0.7, 0), layout, classes, weights);
    }
  }

  private static void compareViews(
      Loss loss, OutputLayout layout, Targets targets, float[] weights) {
    INDArray output = outputs("views", layout.batch() * layout.classes());
    INDArray rows = output.reshape(layout.batch(), layout.classes()).dup('c');
    INDArray gradient = rows.like();
    double value = loss.evaluate(rows, targets, weights, gradient) * 1.7;
    gradient.muli(1.7);
    compare(
        loss,
        Optional.empty(),
        layout,
        there -> there.put(targets, weights, 1.7),
        rows,
        value,
        gradient.data().asFloat());
  }

  @Test
  void lossesOfViewsAreRefusedWithoutViews() {
    OutputLayout layout = new OutputLayout(4, 3, 1, ONE);
    float[] weights = {1, 1, 1, 1};
    try (DeviceLoss pairs =
            new DeviceLoss(DEVICES.get(0), new NtXent(0.5), Optional.empty(), layout);
        DeviceLoss three =
            new DeviceLoss(DEVICES.get(0), new Consistency(1, 0), Optional.empty(), layout)) {
      refused(
          "nt-xent: expected 2 views of each image",
          () -> pairs.put(Targets.classes(0, 1, 2, 0), weights, 1));
      refused(
          "consistency: expected 3 views of each image",
          () -> three.put(Targets.classes(0, 1, 2, 0), weights, 1));
    }
  }

  @Test
  void powersThatNobodyUsesHaveNoKernels() {
    assertFalse(DeviceLoss.has(new Focal(0.5, 1e10)));
  }
}
