package org.convoy.image.transform;

import java.util.List;
import org.convoy.image.codec.Raster;
import org.convoy.settings.Checks;

/**
 * Erases a rectangle of random area, shape and place: Zhong et al. 2017, "Random erasing data
 * augmentation", algorithm 1, as torchvision draws it. The part of the image's area is uniform, the
 * ratio of height to width log-uniform; if ten rectangles are not smaller than the image on both
 * sides, nothing is erased.
 *
 * <p>torchvision erases with 0 after normalisation. Here each channel gets the byte nearest to the
 * mean of normalisation. It becomes 0 with an error of at most half a byte step: 0.5 / 255 divided
 * by the channel's standard deviation.
 *
 * @param probability of erasing
 * @param area least and greatest part of the image's area
 * @param aspect least and greatest ratio of height to width
 */
public record RandomErasing(double probability, List<Double> area, List<Double> aspect)
    implements Transform {
  private static final int ATTEMPTS = 10;
  private static final Edit NOTHING = (image, editor) -> image;

  /** Checks the rules. */
  public RandomErasing {
    area = List.copyOf(area);
    aspect = List.copyOf(aspect);
    new Checks()
        .part("probability", probability)
        .that(
            RandomResizedCrop.isRange(area) && area.get(1) <= 1,
            "area",
            "expected [least, greatest] with 0 < least <= greatest <= 1, got " + area)
        .that(
            RandomResizedCrop.isRange(aspect),
            "aspect",
            "expected [least, greatest] with 0 < least <= greatest, got " + aspect)
        .done();
  }

  @Override
  public Edit decide(int imageHeight, int imageWidth, CounterRandom random) {
    if (!random.chance(probability)) {
      return NOTHING;
    }
    double pixels = (double) imageHeight * imageWidth;
    double least = StrictMath.log(aspect.get(0));
    double greatest = StrictMath.log(aspect.get(1));
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double target = pixels * random.uniform(area.get(0), area.get(1));
      double ratio = StrictMath.exp(random.uniform(least, greatest));
      int height = (int) Math.rint(Math.sqrt(target * ratio));
      int width = (int) Math.rint(Math.sqrt(target / ratio));
      if (height < imageHeight && width < imageWidth) {
        int top = random.nextInt(imageHeight - height + 1);
        int left = random.nextInt(imageWidth - width + 1);
        return new Erasure(top, left, height, width);
      }
    }
    return NOTHING;
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }

  /** The rectangle that gets the mean. */
  record Erasure(int top, int left, int height, int width) implements Edit {

    @Override
    public Raster apply(Raster image, RasterEditor editor) {
      byte[] pixels = image.pixels();
      byte[] mean = editor.mean();
      for (int y = top; y < top + height; y++) {
        int from = y * image.rowBytes() + left * image.channels();
        int to = from + width * image.channels();
        for (int channel = 0; channel < image.channels(); channel++) {
          for (int i = from + channel; i < to; i += image.channels()) {
            pixels[i] = mean[channel];
          }
        }
      }
      return image;
    }
  }
}
