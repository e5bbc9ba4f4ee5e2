package org.convoy.image.transform;

import java.util.List;

/**
 * The fourteen operations that {@link RandAugment} and {@link TrivialAugment} draw from, as
 * torchvision lists them, and one more that the policies of {@link AutoAugment} have. Operations
 * that move pixels are bilinear, and black where there is no image.
 */
enum Operation {
  IDENTITY,
  SHEAR_X,
  SHEAR_Y,
  TRANSLATE_X,
  TRANSLATE_Y,
  ROTATE,
  BRIGHTNESS,
  COLOUR,
  CONTRAST,
  SHARPNESS,
  POSTERIZE,
  SOLARIZE,
  AUTO_CONTRAST,
  EQUALIZE,
  INVERT;

  /** Those that {@link RandAugment} and {@link TrivialAugment} draw from. */
  static final List<Operation> ALL = List.of(values()).subList(0, INVERT.ordinal());

  /**
   * The strongest form of the operations that have one. Shears, moves, rotations and enhancements
   * go in either direction.
   *
   * @param shear tangent of the angle
   * @param right pixels
   * @param down pixels
   * @param degrees of a rotation
   * @param enhancement the distance of a factor from 1
   * @param bits the number of bits that posterizing removes
   */
  record Strongest(
      double shear, double right, double down, double degrees, double enhancement, int bits) {}

  /**
   * The operation on an image.
   *
   * @param part of the strongest form, 0 to 1
   * @param sign 1 or -1, the direction
   */
  Edit edit(Strongest most, double part, int sign, int height, int width) {
    double way = sign * part;
    double factor = 1 + way * most.enhancement;
    return switch (this) {
      case IDENTITY -> (image, editor) -> image;
      case SHEAR_X -> sheared(degrees(way * most.shear), 0);
      case SHEAR_Y -> sheared(0, degrees(way * most.shear));
      case TRANSLATE_X -> Placement.window(0, -(int) (way * most.right), height, width);
      case TRANSLATE_Y -> Placement.window(-(int) (way * most.down), 0, height, width);
      case ROTATE -> AffineMap.rotation(way * most.degrees, height, width);
      case BRIGHTNESS -> (image, editor) -> Enhancement.brightness(image, factor, editor);
      case COLOUR -> (image, editor) -> Enhancement.saturation(image, factor);
      case CONTRAST -> (image, editor) -> Enhancement.contrast(image, factor, editor);
      case SHARPNESS -> new Sharpness(factor);
      case POSTERIZE -> {
        int bits = 8 - (int) Math.rint(part * most.bits);
        yield (image, editor) -> Tones.posterize(image, bits);
      }
      case SOLARIZE -> (image, editor) -> Tones.solarize(image, 255 - 255 * part);
      case AUTO_CONTRAST -> Tones::autoContrast;
      case EQUALIZE -> Tones::equalize;
      case INVERT -> (image, editor) -> Tones.solarize(image, 0);
    };
  }

  private static double degrees(double tangent) {
    return Math.toDegrees(StrictMath.atan(tangent));
  }

  /** A shear about the upper left corner. */
  private static Edit sheared(double degreesX, double degreesY) {
    return new Distortion(0, 0, 0, 1, degreesX, degreesY).about(0, 0);
  }
}
