package org.convoy.image.transform;

/**
 * A distortion as in torchvision's {@code affine}: the picture is sheared, rotated and scaled about
 * a point, then moved.
 *
 * @param degrees clockwise
 * @param right pixels
 * @param down pixels
 * @param scale factor of size
 * @param shearX degrees of the shear along rows
 * @param shearY degrees of the shear along columns
 */
record Distortion(
    double degrees, double right, double down, double scale, double shearX, double shearY) {

  /**
   * The map from places in the new picture to places in the old one, in torchvision's order of
   * operations.
   */
  AffineMap about(double x, double y) {
    double angle = degrees * (Math.PI / 180);
    double tangent = StrictMath.tan(shearX * (Math.PI / 180));
    double along = shearY * (Math.PI / 180);
    double cosine = StrictMath.cos(along);
    double a = StrictMath.cos(angle - along) / cosine;
    double c = StrictMath.sin(angle - along) / cosine;
    double b = -StrictMath.cos(angle - along) * tangent / cosine - StrictMath.sin(angle);
    double d = -StrictMath.sin(angle - along) * tangent / cosine + StrictMath.cos(angle);
    double xByX = d / scale;
    double xByY = -b / scale;
    double yByX = -c / scale;
    double yByY = a / scale;
    return new AffineMap(
        xByX,
        xByY,
        xByX * (-x - right) + xByY * (-y - down) + x,
        yByX,
        yByY,
        yByX * (-x - right) + yByY * (-y - down) + y);
  }
}
