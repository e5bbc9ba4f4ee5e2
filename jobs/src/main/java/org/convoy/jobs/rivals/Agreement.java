package org.convoy.jobs.rivals;

import java.util.Locale;

/**
 * How far an entrant's results on a task are from Convoy's.
 *
 * @param logits in evaluation mode: the norm of the difference over the norm
 * @param losses of the first training steps: the largest difference over the loss; 0 where none are
 *     compared
 */
public record Agreement(double logits, double losses) {
  /** The distance up to which two frameworks compute the same network. */
  static double tolerance(Task.Precision precision) {
    return switch (precision) {
      case FLOAT32 -> 1e-3;
      case BFLOAT16 -> 0.1;
    };
  }

  static Agreement of(float[] logits, double[] losses, float[] others, double[] otherLosses) {
    if (logits.length != others.length || losses.length != otherLosses.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "expected %d logits and %d losses, got %d and %d",
              logits.length,
              losses.length,
              others.length,
              otherLosses.length));
    }
    double squares = 0;
    double apart = 0;
    for (int i = 0; i < logits.length; i++) {
      squares += (double) logits[i] * logits[i];
      double difference = (double) others[i] - logits[i];
      apart += difference * difference;
    }
    double furthest = 0;
    for (int i = 0; i < losses.length; i++) {
      furthest = Math.max(furthest, Math.abs(otherLosses[i] - losses[i]) / Math.abs(losses[i]));
    }
    return new Agreement(Math.sqrt(apart / squares), furthest);
  }

  /** Whether both are within the tolerance; false where a number is not finite. */
  boolean within(Task.Precision precision) {
    double tolerance = tolerance(precision);
    return logits <= tolerance && losses <= tolerance;
  }
}
