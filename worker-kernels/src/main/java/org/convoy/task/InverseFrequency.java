package org.convoy.task;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * The weight of a class falls with its number of images n: {@code n^-power}. With the power 1 all
 * classes count alike, as with scikit-learn's {@code class_weight="balanced"}.
 *
 * @param power from 0 to 1; 0.5 is the inverse square root
 */
public record InverseFrequency(double power) implements ClassWeights {
  /** Checks the range. */
  public InverseFrequency {
    new Checks().part("power", power).done();
  }

  @Override
  public double[] unscaled(List<String> classes, long[] counts) {
    double[] weights = new double[counts.length];
    for (int c = 0; c < counts.length; c++) {
      weights[c] = StrictMath.pow(Math.max(1, counts[c]), -power);
    }
    return weights;
  }
}
