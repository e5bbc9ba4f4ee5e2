package org.convoy.image.transform;

/**
 * Draws from symmetric beta and Dirichlet distributions. Beta: {@code x / (x + y)} of two draws
 * from Gamma(alpha, 1), by Marsaglia and Tsang, "A simple method for generating gamma variables",
 * ACM TOMS 26 (2000). Gamma variables are held as logarithms, because both may underflow if alpha
 * is small.
 */
final class BetaDraw {
  private BetaDraw() {}

  /** A draw from Beta(alpha, alpha), in [0, 1]. */
  static double symmetric(double alpha, CounterRandom random) {
    double x = logGamma(alpha, random);
    double y = logGamma(alpha, random);
    return 1 / (1 + StrictMath.exp(y - x));
  }

  /** A draw from the Dirichlet distribution of so many equal alphas: weights of the sum 1. */
  static double[] dirichlet(double alpha, int count, CounterRandom random) {
    double[] logs = new double[count];
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      logs[i] = logGamma(alpha, random);
      largest = Math.max(largest, logs[i]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      logs[i] = StrictMath.exp(logs[i] - largest);
      sum += logs[i];
    }
    for (int i = 0; i < count; i++) {
      logs[i] /= sum;
    }
    return logs;
  }

  /**
   * If alpha is below 1, a draw for alpha + 1 times {@code u^(1/alpha)} (section 6 of the paper).
   */
  private static double logGamma(double alpha, CounterRandom random) {
    return alpha < 1
        ? logGammaFromOne(alpha + 1, random) + StrictMath.log(positive(random)) / alpha
        : logGammaFromOne(alpha, random);
  }

  private static double logGammaFromOne(double alpha, CounterRandom random) {
    double d = alpha - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double normal = random.nextNormal();
      double root = 1 + c * normal;
      if (root > 0) {
        double logCube = 3 * StrictMath.log(root);
        double cube = root * root * root;
        double bound = normal * normal / 2 + d - d * cube + d * logCube;
        if (StrictMath.log(positive(random)) < bound) {
          return StrictMath.log(d) + logCube;
        }
      }
    }
  }

  /** Uniform over (0, 1]. */
  private static double positive(CounterRandom random) {
    return 1 - random.nextDouble();
  }
}
