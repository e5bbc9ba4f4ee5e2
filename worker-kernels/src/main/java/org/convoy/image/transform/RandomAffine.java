package org.convoy.image.transform;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * Rotates, shears, scales and moves an image at random and keeps its size: torchvision's
 * RandomAffine with Pillow's bilinear filter, black where there is no image. Rotation and scaling
 * are about the middle.
 *
 * @param degrees the angle is uniform over [-degrees, degrees]; positive angles are clockwise, as
 *     in torchvision
 * @param translate the greatest move in either direction, as a part of the width and of the height;
 *     moves are whole pixels
 * @param scale least and greatest factor of size; the factor is uniform between them
 * @param shear the angle of the shear along rows, in degrees, is uniform over [-shear, shear]
 */
public record RandomAffine(double degrees, double translate, List<Double> scale, double shear)
    implements Transform {
  private static final double MOST_SHEAR = 89;

  /** Checks the rules. */
  public RandomAffine {
    scale = List.copyOf(scale);
    new Checks()
        .that(
            degrees >= 0 && degrees <= 180,
            "degrees",
            "expected from 0 to 180, got " + Checks.number(degrees))
        .part("translate", translate)
        .that(
            RandomResizedCrop.isRange(scale),
            "scale",
            "expected [least, greatest] with 0 < least <= greatest, got " + scale)
        .that(
            shear >= 0 && shear <= MOST_SHEAR,
            "shear",
            "expected from 0 to 89, got " + Checks.number(shear))
        .done();
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    double angle = random.uniform(-degrees, degrees);
    double right = Math.rint(random.uniform(-translate * width, translate * width));
    double down = Math.rint(random.uniform(-translate * height, translate * height));
    double factor = random.uniform(scale.get(0), scale.get(1));
    double sheared = random.uniform(-shear, shear);
    return new Distortion(angle, right, down, factor, sheared, 0).about(width * 0.5, height * 0.5);
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
