package org.convoy.image.transform;

import java.util.List;
import java.util.Optional;
import org.convoy.settings.Checks;

/**
 * A window of random area and aspect ratio, scaled to a size: the crop of Szegedy et al. 2015,
 * "Going deeper with convolutions", section 6, as torchvision draws it. The part of the image's
 * area is uniform, the ratio of width to height log-uniform; if ten windows do not fit, the largest
 * centred window of the nearest allowed ratio is used.
 *
 * @param size the size that the window is scaled to
 * @param area least and greatest part of the image's area
 * @param aspect least and greatest ratio of width to height
 */
public record RandomResizedCrop(Size size, List<Double> area, List<Double> aspect)
    implements Transform {
  private static final int ATTEMPTS = 10;

  /** Checks the rules. */
  public RandomResizedCrop {
    area = List.copyOf(area);
    aspect = List.copyOf(aspect);
    new Checks()
        .that(
            isRange(area) && area.get(1) <= 1,
            "area",
            "expected [least, greatest] with 0 < least <= greatest <= 1, got " + area)
        .that(
            isRange(aspect),
            "aspect",
            "expected [least, greatest] with 0 < least <= greatest, got " + aspect)
        .done();
  }

  static boolean isRange(List<Double> bounds) {
    return bounds.size() == 2 && bounds.get(0) > 0 && bounds.get(0) <= bounds.get(1);
  }

  /** With torchvision's defaults: area 0.08 to 1, ratio 3/4 to 4/3. */
  public static RandomResizedCrop of(Size size) {
    return new RandomResizedCrop(size, List.of(0.08, 1.0), List.of(3.0 / 4, 4.0 / 3));
  }

  @Override
  public Placement decide(int imageHeight, int imageWidth, CounterRandom random) {
    double pixels = (double) imageHeight * imageWidth;
    double least = StrictMath.log(aspect.get(0));
    double greatest = StrictMath.log(aspect.get(1));
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double target = pixels * random.uniform(area.get(0), area.get(1));
      double ratio = StrictMath.exp(random.uniform(least, greatest));
      int cropWidth = round(Math.sqrt(target * ratio));
      int cropHeight = round(Math.sqrt(target / ratio));
      if (cropWidth > 0 && cropWidth <= imageWidth && cropHeight > 0 && cropHeight <= imageHeight) {
        int top = random.nextInt(imageHeight - cropHeight + 1);
        int left = random.nextInt(imageWidth - cropWidth + 1);
        return Placement.window(top, left, cropHeight, cropWidth)
            .scaledTo(size.height(), size.width());
      }
    }
    return fallback(imageHeight, imageWidth);
  }

  private Placement fallback(int imageHeight, int imageWidth) {
    double ratio = (double) imageWidth / imageHeight;
    int cropWidth = imageWidth;
    int cropHeight = imageHeight;
    if (ratio < aspect.get(0)) {
      cropHeight = Math.max(1, Math.min(imageHeight, round(imageWidth / aspect.get(0))));
    } else if (ratio > aspect.get(1)) {
      cropWidth = Math.max(1, Math.min(imageWidth, round(imageHeight * aspect.get(1))));
    }
    return Placement.window(
            (imageHeight - cropHeight) / 2, (imageWidth - cropWidth) / 2, cropHeight, cropWidth)
        .scaledTo(size.height(), size.width());
  }

  /** Rounds half to even, as Python does. */
  private static int round(double value) {
    return (int) Math.rint(value);
  }

  @Override
  public Optional<Size> sizeAfter(Optional<Size> before) {
    return Optional.of(size);
  }

  @Override
  public Transform scaled(Size from, Size to) {
    return new RandomResizedCrop(size.scaled(from, to), area, aspect);
  }

  @Override
  public boolean givesPlacements() {
    return true;
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }
}
