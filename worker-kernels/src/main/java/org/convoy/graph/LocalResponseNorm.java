package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * Local response normalisation (Krizhevsky et al. 2012, section 3.3) as torch defines it: {@code
 * y_c = x_c / (k + alpha / size * s_c)^beta}, where {@code s_c} sums the squares of the {@code
 * size} channels around c at the same position, as far as they exist. The paper does not divide alpha by size: its alpha of 1e-4 over 5 channels is 5e-4 here.
 *
 * @param size channels in a window, odd, so that it is centred on its channel
 */
public record LocalResponseNorm(int size, double alpha, double beta, double k) implements Op {

  public LocalResponseNorm {
    if (size < 1 || size % 2 == 0) {
      throw new GraphException("local response norm: size must be odd and at least 1, got " + size);
    }
    if (!(alpha >= 0) || !(beta >= 0) || !(k > 0)) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "local response norm: alpha and beta must be at least 0 and k positive, got %s, %s and %s",
              alpha,
              beta,
              k));
    }
  }

  /** With torch's defaults: alpha 1e-4, beta 0.75, k 1. */
  public static LocalResponseNorm of(int size) {
    return new LocalResponseNorm(size, 1e-4, 0.75, 1);
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    return Op.only(this, inputs);
  }

  @Override
  public String word() {
    return "lrn";
  }
}
