package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * Rotates an image about its middle by a random angle and keeps its size: Pillow's {@code rotate}
 * with its bilinear filter, black where there is no image. The pixels equal Pillow's.
 *
 * @param degrees the angle is uniform over [-degrees, degrees]; positive angles are anticlockwise
 */
public record Rotation(double degrees) implements Transform {

  /** Checks the rule. */
  public Rotation {
    new Checks()
        .that(
            degrees >= 0 && degrees <= 180,
            "degrees",
            "expected from 0 to 180, got " + Checks.number(degrees))
        .done();
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    return AffineMap.rotation(random.uniform(-degrees, degrees), height, width);
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
