package org.convoy.driver.training;

import java.nio.charset.StandardCharsets;
import org.convoy.driver.config.Recipe;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Precision;

/**
 * In what a run computes: as the recipe asks where every executor's processor has the instructions,
 * else in float32 on all of them. Micro-batches that different executors compute must not differ in
 * their rounding.
 */
final class AgreedPrecision {

  /** Hands everybody's bytes to everybody, by rank; an exchange does so. */
  @FunctionalInterface
  interface Gather {
    byte[][] all(byte[] own);
  }

  private AgreedPrecision() {}

  /** What the recipe asks for. */
  static Precision asked(Recipe recipe) {
    return switch (recipe.precision()) {
      case FLOAT32 -> Precision.FLOAT32;
      case BFLOAT16 -> Precision.BFLOAT16;
    };
  }

  /** What all executors compute in; every one has to ask. */
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
