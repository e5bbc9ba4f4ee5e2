package org.convoy.driver.training;

import java.nio.charset.StandardCharsets;
import org.convoy.driver.config.Recipe;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Precision;

/**
 * The precision of a run: the recipe's if every executor's processor has the instructions, else
 * float32 on all of them. Micro-batches must not be rounded differently on different executors.
 */
final class AgreedPrecision {

  /** Sends every rank's bytes to all ranks, as an exchange does. */
  @FunctionalInterface
  interface Gather {
    byte[][] all(byte[] own);
  }

  private AgreedPrecision() {}

  /** The recipe's precision. */
  static Precision asked(Recipe recipe) {
    return switch (recipe.precision()) {
      case FLOAT32 -> Precision.FLOAT32;
      case BFLOAT16 -> Precision.BFLOAT16;
    };
  }

  /** The precision of all executors. All executors must call it. */
  static Precision of(Backend backend, Precision asked, Gather gather) {
    byte[] own = backend.effective(asked).name().getBytes(StandardCharsets.US_ASCII);
    for (byte[] each : gather.all(own)) {
      Precision effective = Precision.valueOf(new String(each, StandardCharsets.US_ASCII));
      if (effective != asked) {
        return effective;
      }
    }
    return asked;
  }
}
