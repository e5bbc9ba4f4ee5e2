package org.convoy.image.transform;

import org.convoy.image.codec.Raster;
import org.convoy.settings.Checks;

/**
 * Adds the principal components of ImageNet's colours, each times a normal draw and its eigenvalue:
 * Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks",
 * section 4.1, with the eigenvalues and vectors of {@code fb.resnet.torch}, which are of colours
 * from 0 to 1. An image of one channel does not change.
 *
 * @param deviation standard deviation of the draws; the paper's is 0.1
 */
public record PcaLighting(double deviation) implements Transform {
  private static final double[] EIGENVALUES = {0.2175, 0.0188, 0.0045};

  /** A row for each of red, green and blue; a column for each component. */
  private static final double[][] EIGENVECTORS = {
    {-0.5675, 0.7192, 0.4009}, {-0.5808, -0.0045, -0.8140}, {-0.5836, -0.6948, 0.4203}
  };

  /** Checks the rule. */
  public PcaLighting {
    new Checks().notNegative("deviation", deviation).done();
  }

  @Override
  public Edit decide(int height, int width, CounterRandom random) {
    double[] shift = new double[EIGENVECTORS.length];
    for (int component = 0; component < EIGENVALUES.length; component++) {
      double draw = 255 * EIGENVALUES[component] * deviation * random.nextNormal();
      for (int channel = 0; channel < shift.length; channel++) {
        shift[channel] += draw * EIGENVECTORS[channel][component];
      }
    }
    return (image, editor) -> image.channels() == shift.length ? shifted(image, shift) : image;
  }

  @Override
  public boolean drawsAtRandom() {
    return true;
  }

  private static Raster shifted(Raster image, double[] shift) {
    byte[] pixels = image.pixels();
    for (int channel = 0; channel < shift.length; channel++) {
      int by = (int) Math.rint(shift[channel]);
      for (int i = channel; i < image.size(); i += shift.length) {
        pixels[i] = (byte) Math.max(0, Math.min(255, (pixels[i] & 0xff) + by));
      }
    }
    return image;
  }
}
