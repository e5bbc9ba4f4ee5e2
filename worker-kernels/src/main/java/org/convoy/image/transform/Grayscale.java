package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * Takes the colours out of an image, which keeps its channels: each becomes Pillow's grey.
 *
 * @param probability of doing so
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
