package org.convoy.loss.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convoy.kernels.cuda.Arguments;
import org.convoy.kernels.cuda.Device;
import org.convoy.loss.Distillation;
import org.convoy.loss.Loss;
import org.convoy.loss.NtXent;
import org.convoy.loss.Targets;
import org.convoy.loss.device.LossMemory.Part;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The loss of a batch over all outputs of a network, whose outputs and their gradient are in a
 * device's memory. A step fills targets and weights, launches, and takes the value:
 *
 * <pre>{@code
 * loss.put(targets, weights, factor);
 * loss.launch(output, outputGradient);
 * double value = loss.take();
 * }</pre>
 *
 * <p>What is launched is the same in each step, so it can be recorded. Values and gradients are
 * those of {@link Loss#evaluate}.
 */
public final class DeviceLoss implements AutoCloseable {
  private static final int OUTPUT = 0;
  private static final int GRADIENT = 1;

  /** A kernel with its arguments, but for the addresses of outputs. */
  private record Launch(long kernel, Arguments arguments, boolean student) {}

  private final Device device;
  private final Loss loss;
  private final Formula.Total total;
  private final Optional<Distillation> distillation;
  private final OutputLayout layout;
  private final LossMemory memory;
  private final List<Launch> launches = new ArrayList<>();
  private double factor = 1;
  private double counted;
  private double softCounted;

  /** Whether a loss has kernels. The others are computed on the host. */
  public static boolean has(Loss loss) {
    return Formula.of(loss, new OutputLayout(1, 1, 1, List.of(1.0))).isPresent();
  }

  /** The bytes of the device's memory that a loss takes. */
  public static long bytes(Loss loss, OutputLayout layout, boolean taught) {
    return LossMemory.bytes(layout, needs(loss, taught));
  }

  private static LossMemory.Needs needs(Loss loss, boolean taught) {
    return new LossMemory.Needs(taught, loss instanceof NtXent);
  }

  /**
   * Takes memory for what the kernels read and write beside outputs.
   *
   * @param distillation of a teacher, whose part is mixed into the loss of the main output
   * @throws IllegalArgumentException if the loss has no kernels
   */
  public DeviceLoss(
      Device device, Loss loss, Optional<Distillation> distillation, OutputLayout layout) {
    Formula hard =
        Formula.of(loss, layout)
            .orElseThrow(() -> new IllegalArgumentException(loss + " has no kernels"));
    this.device = device;
    this.loss = loss;
    this.total = hard.total();
    this.distillation = distillation;
    this.layout = layout;
    this.memory = new LossMemory(device, layout, needs(loss, distillation.isPresent()));
    memory.putNumbers(Part.NUMBERS, hard.numbers());
    for (int output = 0; output < layout.outputs(); output++) {
      add(hard, output, output, Part.STEP, Part.NUMBERS);
      if (output == 0 && distillation.isPresent()) {
        Formula soft = Formula.of(distillation.get(), layout);
        memory.putNumbers(Part.SOFT_NUMBERS, soft.numbers());
        add(soft, output, layout.outputs(), Part.SOFT_STEP, Part.SOFT_NUMBERS);
      }
      if (layout.outputs() > 1) {
        Formula.Call weigh =
            new Formula.Call("loss_weigh", Formula.Index.ELEMENTS, Formula.Reader.STUDENT);
        add(weigh, output, output, Part.STEP, Part.NUMBERS);
      }
    }
  }

  private void add(Formula formula, int output, int total, Part step, Part numbers) {
    formula.calls().forEach(call -> add(call, output, total, step, numbers));
    add(total, formula.total().kernel(), 1, output, step, numbers, Formula.Reader.STUDENT);
  }

  private void add(Formula.Call call, int output, int total, Part step, Part numbers) {
    long count =
        switch (call.index()) {
          case SAMPLES -> layout.batch();
          case POSITIONS -> (long) layout.batch() * layout.positions();
          case ELEMENTS -> layout.elements();
          case PAIRS -> (long) layout.batch() * layout.batch();
        };
    add(total, call.kernel(), count, output, step, numbers, call.reader());
  }

  private void add(
      int total,
      String kernel,
      long count,
      int output,
      Part step,
      Part numbers,
      Formula.Reader reader) {
    boolean student = reader == Formula.Reader.STUDENT;
    long[] sizes = {
      layout.classes(),
      layout.positions(),
      student ? layout.outputs() * layout.size() : layout.size(),
      student ? output * layout.size() : 0,
      total,
      layout.batch()
    };
    Arguments arguments =
        new Arguments(count, sizes, new float[] {layout.weights().get(output).floatValue()});
    List<Part> parts =
        List.of(
            step == Part.STEP ? Part.TARGETS : Part.TEACHER,
            step,
            numbers,
            Part.TERMS,
            student ? Part.POSITIONS : Part.TEACHER_POSITIONS,
            Part.SAMPLES,
            Part.TOTALS,
            loss instanceof NtXent ? Part.PAIRS : Part.TEACHER_POSITIONS);
    arguments.tensor(OUTPUT, memory.of(Part.TEACHER));
    for (int i = 0; i < parts.size(); i++) {
      arguments.tensor(GRADIENT + 1 + i, memory.of(parts.get(i)));
    }
    launches.add(new Launch(device.kernel(kernel + "_any"), arguments, student));
  }

  /**
   * Fills the targets and weights of a batch.
   *
   * @param weights of the samples, 0 for one that does not count
   * @param factor of the hard loss and its gradient
   * @throws IllegalArgumentException as {@link Loss#evaluate} says
   */
  public void put(Targets targets, float[] weights, double factor) {
    Counting counting = Counting.of(loss, layout, targets, weights);
    this.factor = factor;
    this.counted = counting.counted();
    memory.putStep(Part.STEP, factor, targets instanceof Targets.Classes, counting);
    memory.putTargets(targets);
    if (distillation.isEmpty()) {
      memory.upload();
    }
  }

  /**
   * Fills what a teacher says of the same batch, behind {@link #put}.
   *
   * @param teacher its output
   * @param weights of the samples in the soft part
   */
  public void putTeacher(INDArray teacher, float[] weights) {
    layout.requireBatch(weights);
    layout.requireOutputs("teacher", teacher);
    Counting counting = Counting.of(weights);
    softCounted = counting.counted();
    memory.putStep(Part.SOFT_STEP, 1, false, counting);
    memory.putFloats(Part.TEACHER, teacher.data().addressPointer());
    memory.upload();
  }

  /**
   * Launches what computes the loss and its gradient.
   *
   * @param output where the outputs are
   * @param gradient where their gradient is to be written
   */
  public void launch(long output, long gradient) {
    for (Launch launch : launches) {
      if (launch.student()) {
        launch.arguments().tensor(OUTPUT, output);
      }
      launch.arguments().tensor(GRADIENT, gradient);
      device.launch(launch.kernel(), launch.arguments());
    }
  }

  /** The loss, once everything that was launched is done. */
  public double take() {
    double[] totals = memory.totals();
    double sum = 0;
    for (int output = 0; output < layout.outputs(); output++) {
      double value = (total.mean() ? totals[output] : mean(totals[output], counted)) * factor;
      if (output == 0 && distillation.isPresent()) {
        value = distillation.get().mix(value, mean(totals[layout.outputs()], softCounted));
      }
      sum += layout.weights().get(output) * value;
    }
    return sum;
  }

  private static double mean(double total, double counted) {
    return counted == 0 ? 0 : total / counted;
  }

  @Override
  public void close() {
    launches.forEach(launch -> launch.arguments().close());
    memory.close();
  }
}
