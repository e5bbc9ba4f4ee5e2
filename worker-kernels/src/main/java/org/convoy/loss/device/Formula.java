package org.convoy.loss.device;

import java.util.List;
import java.util.Optional;
import org.convoy.loss.BinaryCrossEntropy;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Distillation;
import org.convoy.loss.Loss;
import org.convoy.loss.SmoothL1;

/**
 * The kernels of a loss.
 *
 * @param calls in their order
 * @param numbers that they look up: the factor of a sample's sum, its divisor, the formula's own
 */
@SuppressWarnings("ArrayRecordComponent") // It is made for one loss and never compared.
record Formula(List<Call> calls, double[] numbers) {

  /** What an index of a kernel counts. */
  enum Index {
    POSITIONS,
    ELEMENTS,
    SAMPLES
  }

  /** Which output a kernel reads. */
  enum Reader {
    STUDENT,
    TEACHER
  }

  /** A kernel. */
  record Call(String kernel, Index index, Reader reader) {
    private static Call of(String kernel, Index index) {
      return new Call(kernel, index, Reader.STUDENT);
    }
  }

  private static final Call OF_ELEMENTS = Call.of("loss_of_elements", Index.SAMPLES);

  /** The kernels of a loss; nothing if there are none. */
  static Optional<Formula> of(Loss loss, OutputLayout layout) {
    double size = (double) layout.size();
    if (loss instanceof CrossEntropy entropy) {
      double smoothing = entropy.labelSmoothing();
      return Optional.of(
          new Formula(
              List.of(
                  Call.of("loss_largest", Index.POSITIONS),
                  Call.of("loss_powers", Index.ELEMENTS),
                  Call.of("cross_entropy_position", Index.POSITIONS),
                  Call.of("cross_entropy", Index.ELEMENTS),
                  Call.of("loss_of_positions", Index.SAMPLES)),
              numbers(1, layout.positions(), 1, 1 - smoothing, smoothing / layout.classes())));
    } else if (loss instanceof BinaryCrossEntropy binary) {
      double smoothing = binary.labelSmoothing();
      return Optional.of(
          new Formula(
              List.of(Call.of("binary_cross_entropy", Index.ELEMENTS), OF_ELEMENTS),
              numbers(
                  1, size, binary.positiveWeight(), 1 - smoothing, smoothing / layout.classes())));
    } else if (loss instanceof SmoothL1 distance) {
      return Optional.of(
          new Formula(
              List.of(Call.of("smooth_l1", Index.ELEMENTS), OF_ELEMENTS),
              numbers(1, size, distance.beta(), 0, 0)));
    }
    return Optional.empty();
  }

  /** The kernels of the soft part of a distillation, which mix its gradient into the hard one. */
  static Formula of(Distillation soft, OutputLayout layout) {
    double temperature = soft.temperature();
    return new Formula(
        List.of(
            new Call("loss_largest", Index.POSITIONS, Reader.TEACHER),
            new Call("loss_powers", Index.ELEMENTS, Reader.TEACHER),
            new Call("distillation_position", Index.POSITIONS, Reader.TEACHER),
            Call.of("loss_largest", Index.POSITIONS),
            Call.of("loss_powers", Index.ELEMENTS),
            Call.of("distillation_position", Index.POSITIONS),
            Call.of("distillation", Index.ELEMENTS),
            OF_ELEMENTS),
        numbers(
            temperature * temperature,
            layout.positions(),
            temperature,
            1 - soft.weight(),
            soft.weight()));
  }

  private static double[] numbers(double... all) {
    return all;
  }
}
