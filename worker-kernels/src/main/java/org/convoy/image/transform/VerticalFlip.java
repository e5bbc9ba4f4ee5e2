package org.convoy.image.transform;

import org.convoy.image.codec.Raster;
import org.convoy.settings.Checks;

/**
 * Mirrors an image top to bottom.
 *
 * @param probability of the flip
 */
public record VerticalFlip(double probability) implements Transform {

  /** Checks the rule. */
  public VerticalFlip {
    new Checks().part("probability", probability).done();
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    return random.chance(probability) ? (image, editor) -> mirror(image) : (image, editor) -> image;
  }

  private static Raster mirror(Raster image) {
    byte[] pixels = image.pixels();
    int length = image.rowBytes();
    int upper = 0;
    int lower = image.size() - length;
    for (; upper < lower; upper += length, lower -= length) {
      for (int i = 0; i < length; i++) {
        byte kept = pixels[upper + i];
        pixels[upper + i] = pixels[lower + i];
        pixels[lower + i] = kept;
      }
    }
    return image;
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
