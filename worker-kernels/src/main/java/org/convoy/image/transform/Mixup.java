package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * Adds two images with weights {@code own} and {@code 1 - own} (Zhang et al. 2018, "mixup: beyond
 * empirical risk minimization", section 2). As in the paper's section 4, one weight is drawn for
 * each batch; here this is the micro-batch.
 *
 * @param alpha positive: {@code own} is drawn from Beta(alpha, alpha); a smaller alpha gives
 *     weights nearer to 0 or 1
 */
public record Mixup(double alpha) implements Mix {
  /** Checks the range. */
  public Mixup {
    new Checks().positive("alpha", alpha).done();
  }

  @Override
  public Mixture draw(int height, int width, CounterRandom random) {
    return Mixture.blend(BetaDraw.symmetric(alpha, random));
  }
}
