package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * Removes the colours of an image. The number of channels stays; each becomes Pillow's grey.
 *
 * @param probability of the change
 */
public record Grayscale(double probability) implements Transform {

  /** Checks the rule. */
  public Grayscale {
    new Checks().part("probability", probability).done();
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    return random.chance(probability)
        ? (image, editor) -> Enhancement.saturation(image, 0)
        : (image, editor) -> image;
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
