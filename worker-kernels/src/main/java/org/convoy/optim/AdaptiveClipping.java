package org.convoy.optim;

import java.io.Serializable;
import java.util.List;
import org.convoy.settings.Checks;

/**
 * Adaptive gradient clipping (Brock et al. 2021, "High-performance large-scale image recognition
 * without normalization", equation 3), as in {@code timm.utils.adaptive_clip_grad}. A unit is all
 * weights of one output of a layer, or a whole norm or bias. The gradient of each unit is scaled so
 * that its norm is at most {@code factor * max(norm of the unit's parameters, epsilon)}.
 *
 * @param factor the paper's lambda; 0: nothing is clipped
 * @param epsilon the least norm of parameters, so that weights that are still zero can move
 * @param except patterns of the names of parameters that are not clipped; the paper leaves out the
 *     last layer
 */
public record AdaptiveClipping(double factor, double epsilon, List<String> except)
    implements Serializable {
  private static final double LEAST_GRADIENT = 1e-6;

  /** Checks the ranges. */
  public AdaptiveClipping {
    except = List.copyOf(except);
    new Checks().notNegative("factor", factor).positive("epsilon", epsilon).done();
  }

  /** Whether gradients are clipped. */
  public boolean on() {
    return factor > 0;
  }

  /**
   * The factor for the gradient of a unit.
   *
   * @param parameters the norm of its parameters
   * @param gradient the norm of its gradient; NaN gives 1, so that the run fails by its loss
   */
  public double scale(double parameters, double gradient) {
    double most = factor * Math.max(parameters, epsilon);
    return gradient > most ? most / Math.max(gradient, LEAST_GRADIENT) : 1;
  }
}
