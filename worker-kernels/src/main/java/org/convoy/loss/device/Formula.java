package org.convoy.loss.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convoy.loss.BinaryCrossEntropy;
import org.convoy.loss.Consistency;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Dice;
import org.convoy.loss.Distillation;
import org.convoy.loss.Focal;
import org.convoy.loss.Loss;
import org.convoy.loss.MeanSquaredError;
import org.convoy.loss.NtXent;
import org.convoy.loss.SmoothL1;

/**
 * The kernels of a loss.
 *
 * @param calls in their order
 * @param total what comes behind them
 * @param numbers that they look up: the factor of a sample's sum, its divisor, the formula's own
 */
@SuppressWarnings("ArrayRecordComponent") // It is made for one loss and never compared.
record Formula(List<Call> calls, Total total, double[] numbers) {

  /** What an index of a kernel counts. */
  enum Index {
    POSITIONS,
    ELEMENTS,
    SAMPLES,
    PAIRS
  }

  /**
   * What sums the losses of samples.
   *
   * @param mean whether it divides the sum too; if not, it is divided by the samples' weights
   */
  record Total(String kernel, boolean mean) {
    private static final Total WEIGHTED = new Total("loss_total", false);
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

  /** Gammas whose powers kernels compute. */
  private static final double LARGEST_POWER = 1L << 31;

  private static final Call OF_ELEMENTS = Call.of("loss_of_elements", Index.SAMPLES);

  private static Formula weighted(List<Call> calls, double... numbers) {
    return new Formula(calls, Total.WEIGHTED, numbers);
  }

  /** The kernels of a loss; nothing if there are none. */
  static Optional<Formula> of(Loss loss, OutputLayout layout) {
    double size = (double) layout.size();
    if (loss instanceof CrossEntropy entropy) {
      return Optional.of(
          weighted(crossEntropy(true), crossEntropy(entropy.labelSmoothing(), layout, 0)));
    } else if (loss instanceof Consistency consistency) {
      return Optional.of(consistency(consistency, layout));
    } else if (loss instanceof NtXent pairs) {
      return Optional.of(ntXent(pairs));
    } else if (loss instanceof BinaryCrossEntropy binary) {
      double smoothing = binary.labelSmoothing();
      return Optional.of(
          weighted(
              List.of(Call.of("binary_cross_entropy", Index.ELEMENTS), OF_ELEMENTS),
              1,
              size,
              binary.positiveWeight(),
              1 - smoothing,
              smoothing / layout.classes()));
    } else if (loss instanceof SmoothL1 distance) {
      return Optional.of(
          weighted(
              List.of(Call.of("smooth_l1", Index.ELEMENTS), OF_ELEMENTS),
              1,
              size,
              distance.beta()));
    } else if (loss instanceof Focal focal && focal.gamma() <= LARGEST_POWER) {
      return Optional.of(
          weighted(
              List.of(Call.of("focal", Index.ELEMENTS), OF_ELEMENTS),
              1,
              size,
              focal.alpha(),
              focal.gamma()));
    } else if (loss instanceof Dice dice) {
      return Optional.of(
          weighted(
              List.of(
                  Call.of("dice_sigmoid", Index.ELEMENTS),
                  Call.of("dice_sample", Index.SAMPLES),
                  Call.of("dice", Index.ELEMENTS)),
              1,
              size,
              dice.epsilon()));
    } else if (loss instanceof MeanSquaredError) {
      return Optional.of(
          weighted(
              List.of(
                  Call.of("mean_squared_error_sample", Index.SAMPLES),
                  Call.of("mean_squared_error", Index.ELEMENTS)),
              1,
              size));
    }
    return Optional.empty();
  }

  /**
   * @param gradient whether its gradient is written
   */
  private static List<Call> crossEntropy(boolean gradient) {
    List<Call> calls = new ArrayList<>();
    calls.add(Call.of("loss_largest", Index.POSITIONS));
    calls.add(Call.of("loss_powers", Index.ELEMENTS));
    calls.add(Call.of("cross_entropy_position", Index.POSITIONS));
    if (gradient) {
      calls.add(Call.of("cross_entropy", Index.ELEMENTS));
    }
    calls.add(Call.of("loss_of_positions", Index.SAMPLES));
    return calls;
  }

  private static double[] crossEntropy(double smoothing, OutputLayout layout, double divergence) {
    return new double[] {
      1, layout.positions(), 1, 1 - smoothing, smoothing / layout.classes(), divergence
    };
  }

  private static Formula consistency(Consistency loss, OutputLayout layout) {
    List<Call> calls = crossEntropy(false);
    calls.add(Call.of("consistency_row", Index.SAMPLES));
    calls.add(Call.of("consistency_mean", Index.ELEMENTS));
    calls.add(Call.of("consistency_divergence", Index.SAMPLES));
    calls.add(Call.of("consistency", Index.ELEMENTS));
    return new Formula(
        calls,
        new Total("consistency_total", true),
        crossEntropy(loss.labelSmoothing(), layout, loss.weight()));
  }

  private static Formula ntXent(NtXent loss) {
    return new Formula(
        List.of(
            Call.of("nt_xent_unit", Index.SAMPLES),
            Call.of("nt_xent_cosine", Index.PAIRS),
            Call.of("nt_xent_row", Index.SAMPLES),
            Call.of("nt_xent_share", Index.PAIRS),
            Call.of("nt_xent_by_unit", Index.ELEMENTS),
            Call.of("nt_xent_along", Index.SAMPLES),
            Call.of("nt_xent", Index.ELEMENTS)),
        new Total("nt_xent_total", true),
        new double[] {1, 1, loss.temperature()});
  }

  /** The kernels of the soft part of a distillation, which mix its gradient into the hard one. */
  static Formula of(Distillation soft, OutputLayout layout) {
    double temperature = soft.temperature();
    return weighted(
        List.of(
            new Call("loss_largest", Index.POSITIONS, Reader.TEACHER),
            new Call("loss_powers", Index.ELEMENTS, Reader.TEACHER),
            new Call("distillation_position", Index.POSITIONS, Reader.TEACHER),
            Call.of("loss_largest", Index.POSITIONS),
            Call.of("loss_powers", Index.ELEMENTS),
            Call.of("distillation_position", Index.POSITIONS),
            Call.of("distillation", Index.ELEMENTS),
            OF_ELEMENTS),
        temperature * temperature,
        layout.positions(),
        temperature,
        1 - soft.weight(),
        soft.weight());
  }
}
