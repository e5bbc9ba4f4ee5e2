package org.convoy.loss.device;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.kernels.cuda.Device;
import org.convoy.loss.Targets;

/**
 * One block of a device's memory for what a loss reads and writes beside outputs. The host has a
 * copy of the parts that it fills in each step, which go up together.
 */
final class LossMemory implements AutoCloseable {
  private static final long ALIGNMENT = 256;

  /** Parts in their order; the host fills the first ones. */
  enum Part {
    STEP,
    SOFT_STEP,
    TARGETS,
    TEACHER,
    TERMS,
    POSITIONS,
    TEACHER_POSITIONS,
    PAIRS,
    SAMPLES,
    TOTALS,
    NUMBERS,
    SOFT_NUMBERS
  }

  private final Device device;
  private final OutputLayout layout;
  private final Map<Part, Long> offsets = new EnumMap<>(Part.class);
  private final long filled;
  private final long block;
  private final BytePointer staging;
  private final DoublePointer totals;

  /**
   * What a loss needs.
   *
   * @param taught whether there is a teacher
   * @param pairs whether pairs of samples are compared
   */
  record Needs(boolean taught, boolean pairs) {}

  LossMemory(Device device, OutputLayout layout, Needs needs) {
    this.device = device;
    this.layout = layout;
    long at = 0;
    for (Part part : Part.values()) {
      offsets.put(part, at);
      at += aligned(bytes(part, layout, needs));
    }
    this.filled = offset(Part.TERMS);
    this.block = device.allocate(at);
    this.staging = new BytePointer(filled);
    this.totals = new DoublePointer(layout.outputs() + 1L);
  }

  /** All bytes of a block. */
  static long bytes(OutputLayout layout, Needs needs) {
    long sum = 0;
    for (Part part : Part.values()) {
      sum += aligned(bytes(part, layout, needs));
    }
    return sum;
  }

  private static long bytes(Part part, OutputLayout layout, Needs needs) {
    boolean taught = needs.taught();
    long positions = (long) layout.batch() * layout.positions();
    return switch (part) {
      case STEP -> Double.BYTES * (2 + 2L * layout.batch());
      case SOFT_STEP -> taught ? bytes(Part.STEP, layout, needs) : 0;
      case TARGETS -> Float.BYTES * Math.max(layout.elements(), positions);
      case TEACHER -> taught ? Float.BYTES * layout.elements() : 0;
      case TERMS -> Double.BYTES * layout.elements();
      case POSITIONS -> 4L * Double.BYTES * positions;
      case TEACHER_POSITIONS -> taught ? 4L * Double.BYTES * positions : 0;
      case PAIRS ->
          needs.pairs() ? Double.BYTES * (layout.batch() * (layout.batch() + layout.size())) : 0;
      case SAMPLES -> (long) Double.BYTES * layout.batch();
      case TOTALS -> totalBytes(layout);
      case NUMBERS, SOFT_NUMBERS -> 6L * Double.BYTES;
    };
  }

  private static long totalBytes(OutputLayout layout) {
    return Double.BYTES * (layout.outputs() + 1L);
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private long offset(Part part) {
    return Objects.requireNonNull(offsets.get(part));
  }

  /** Where a part begins. */
  long of(Part part) {
    return block + offset(part);
  }

  private Pointer staged(Part part) {
    return staging.getPointer(offset(part));
  }

  /**
   * Fills the numbers of a step.
   *
   * @param factor of the gradient
   */
  void putStep(Part part, double factor, boolean labels, Counting counting) {
    float[] weights = counting.weights();
    DoublePointer numbers = new DoublePointer(staged(part));
    numbers.put(0, factor);
    numbers.put(1, labels ? 1 : 0);
    for (int n = 0; n < weights.length; n++) {
      numbers.put(2L + n, weights[n]);
      numbers.put(2L + weights.length + n, counting.shares()[n]);
    }
  }

  /** Fills targets. */
  void putTargets(Targets targets) {
    if (targets instanceof Targets.Classes classes) {
      new IntPointer(staged(Part.TARGETS)).put(classes.labels(), 0, classes.labels().length);
    } else if (targets instanceof Targets.Dense dense) {
      putFloats(Part.TARGETS, dense.values().data().addressPointer());
    }
  }

  /** Fills a part with a number for each element of an output. */
  void putFloats(Part part, Pointer from) {
    Pointer.memcpy(staged(part), from, Float.BYTES * layout.elements());
  }

  /** Sends what the host has filled. */
  void upload() {
    device.upload(block, staging, filled);
  }

  /** Sends the numbers of a loss. */
  void putNumbers(Part part, double[] numbers) {
    try (DoublePointer all = new DoublePointer(numbers)) {
      device.upload(of(part), all, (long) Double.BYTES * numbers.length);
    }
  }

  /** The totals of all outputs, and then that of the soft part. */
  double[] totals() {
    device.download(totals, of(Part.TOTALS), totalBytes(layout));
    double[] all = new double[layout.outputs() + 1];
    totals.get(all);
    return all;
  }

  @Override
  public void close() {
    device.free(block);
    staging.close();
    totals.close();
  }
}
