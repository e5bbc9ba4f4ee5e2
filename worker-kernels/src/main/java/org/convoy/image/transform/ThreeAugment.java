package org.convoy.image.transform;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * 3-Augment (Touvron et al. 2022, "DeiT III", section 3.2, and {@code augment.py} of its code): one
 * of grey, solarised from 128 on and blurred, each as often, then colour jitter. The blur's
 * standard deviation is uniform over [0.1, 2]. To be put behind the crop and the flip.
 *
 * @param jitter of brightness, contrast and saturation; the paper's is 0.3
 */
public record ThreeAugment(double jitter) implements Transform {
  private static final double LEAST_BLUR = 0.1;
  private static final double MOST_BLUR = 2;
  private static final int MIDDLE = 128;

  /** Checks the rule. */
  public ThreeAugment {
    new Checks().notNegative("jitter", jitter).done();
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    int chosen = random.nextInt(3);
    double blur = random.uniform(LEAST_BLUR, MOST_BLUR);
    Edit first =
        switch (chosen) {
          case 0 -> (image, editor) -> Enhancement.saturation(image, 0);
          case 1 -> (image, editor) -> Tones.solarize(image, MIDDLE);
          default -> new GaussianBlur(blur);
        };
    Edit second = new ColourJitter(jitter, jitter, jitter, 0).decide(height, width, random);
    return new EditSequence(List.of(first, second));
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
