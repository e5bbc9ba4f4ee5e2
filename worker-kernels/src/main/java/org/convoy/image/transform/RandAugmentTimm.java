package org.convoy.image.transform;

import java.util.ArrayList;
import java.util.List;
import org.convoy.image.codec.Raster;
import org.convoy.settings.Checks;

/**
 * RandAugment as timm has it, with operations that grow with the magnitude: {@code
 * rand-m9-mstd0.5-inc1} is {@code operations = 2, magnitude = 9, deviation = 0.5}. Each operation
 * is drawn from fifteen, is applied with a probability, and has a magnitude of its own, drawn from
 * a normal distribution and cut to 0 to 10. Pixels are interpolated bilinearly, black where there
 * is no image (timm: bilinear or bicubic at random, grey).
 *
 * @param operations the number of operations drawn
 * @param magnitude mean of the magnitudes, 0 to 10
 * @param deviation standard deviation of the magnitudes
 * @param probability of each operation
 */
public record RandAugmentTimm(
    int operations, double magnitude, double deviation, double probability) implements Transform {
  private static final double MOST = 10;

  /** Checks the rules. */
  public RandAugmentTimm {
    new Checks()
        .atLeast("operations", operations, 1)
        .that(
            magnitude >= 0 && magnitude <= MOST,
            "magnitude",
            "expected from 0 to 10, got " + Checks.number(magnitude))
        .notNegative("deviation", deviation)
        .part("probability", probability)
        .done();
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    List<Edit> edits = new ArrayList<>();
    Kind[] kinds = Kind.values();
    for (int i = 0; i < operations; i++) {
      Kind kind = kinds[random.nextInt(kinds.length)];
      boolean applied = random.chance(probability);
      double drawn = magnitude + deviation * random.nextNormal();
      int sign = random.chance(0.5) ? -1 : 1;
      if (applied) {
        double part = Math.max(0, Math.min(MOST, drawn)) / MOST;
        edits.add(kind.edit(part, sign, height, width));
      }
    }
    return new EditSequence(edits);
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }

  /** timm's {@code _RAND_INCREASING_TRANSFORMS}. */
  enum Kind {
    AUTO_CONTRAST,
    EQUALIZE,
    INVERT,
    ROTATE,
    POSTERIZE,
    SOLARIZE,
    SOLARIZE_ADD,
    COLOUR,
    CONTRAST,
    BRIGHTNESS,
    SHARPNESS,
    SHEAR_X,
    SHEAR_Y,
    TRANSLATE_X,
    TRANSLATE_Y;

    private static final double DEGREES = 30;
    private static final int BITS = 4;
    private static final int VALUES = 256;
    private static final int ADDED = 110;
    private static final int MIDDLE = 128;
    private static final double ENHANCED = 0.9;
    private static final double LEAST_FACTOR = 0.1;
    private static final double SHEAR = 0.3;
    private static final double MOVED = 0.45;

    /**
     * The operation on an image.
     *
     * @param part of the strongest form, 0 to 1
     * @param sign 1 or -1, the direction
     */
    Edit edit(double part, int sign, int height, int width) {
      double way = sign * part;
      double factor = Math.max(LEAST_FACTOR, 1 + ENHANCED * way);
      return switch (this) {
        case AUTO_CONTRAST -> Tones::autoContrast;
        case EQUALIZE -> Tones::equalize;
        case INVERT -> (image, editor) -> Tones.solarize(image, 0);
        case ROTATE -> AffineMap.rotation(way * DEGREES, height, width);
        case POSTERIZE -> {
          int bits = BITS - (int) (part * BITS);
          yield (image, editor) -> Tones.posterize(image, bits);
        }
        case SOLARIZE -> {
          int threshold = VALUES - (int) (part * VALUES);
          yield (image, editor) -> Tones.solarize(image, threshold);
        }
        case SOLARIZE_ADD -> {
          int added = (int) (part * ADDED);
          yield (image, editor) -> brightened(image, added);
        }
        case COLOUR -> (image, editor) -> Enhancement.saturation(image, factor);
        case CONTRAST -> (image, editor) -> Enhancement.contrast(image, factor, editor);
        case BRIGHTNESS -> (image, editor) -> Enhancement.brightness(image, factor, editor);
        case SHARPNESS -> new Sharpness(factor);
        case SHEAR_X -> new AffineMap(1, way * SHEAR, 0, 0, 1, 0);
        case SHEAR_Y -> new AffineMap(1, 0, 0, way * SHEAR, 1, 0);
        case TRANSLATE_X -> new AffineMap(1, 0, way * MOVED * width, 0, 1, 0);
        case TRANSLATE_Y -> new AffineMap(1, 0, 0, 0, 1, way * MOVED * height);
      };
    }

    /** Adds to the values of less than 128. */
    private static Raster brightened(Raster image, int added) {
      byte[] pixels = image.pixels();
      for (int i = 0; i < image.size(); i++) {
        int value = pixels[i] & 0xff;
        pixels[i] = (byte) (value < MIDDLE ? Math.min(VALUES - 1, value + added) : value);
      }
      return image;
    }
  }
}
