package org.convoy.image.transform;

import org.convoy.settings.Checks;

/**
 * Turns an image about its middle by a random angle, its size kept: Pillow's {@code rotate} with
 * its bilinear filter, black where there is no image. The same pixels as Pillow's.
 *
 * @param degrees the angle is uniform over [-degrees, degrees]; more than zero is anticlockwise
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
