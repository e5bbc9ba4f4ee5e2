package org.convoy.image.transform;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.convoy.image.codec.Raster;
import org.convoy.image.kernels.PixelEdits;
import org.convoy.image.kernels.PixelLibrary;

/**
 * Takes the pixel at (x, y) from (a x + b y + c, d x + e y + f) of an image of the same size, both
 * measured from the upper left corner to the middle of a pixel. Between pixels it interpolates
 * linearly; places outside the image are black. The bytes equal those of Pillow's {@code
 * transform(AFFINE, BILINEAR)}: double precision, Pillow's order of operations, the result
 * truncated (Pillow, src/libImaging/Geometry.c).
 */
record AffineMap(double a, double b, double c, double d, double e, double f) implements Edit {

  /**
   * An anticlockwise rotation about the middle. The matrix is rounded to 15 decimals, as in
   * Pillow's {@code rotate}.
   *
   * @param degrees from -360 to 360
   */
  static AffineMap rotation(double degrees, int height, int width) {
    double angle = -((degrees < 0 ? degrees + 360 : degrees) * (Math.PI / 180));
    double cosine = rounded(StrictMath.cos(angle));
    double sine = rounded(StrictMath.sin(angle));
    double x = width / 2.0;
    double y = height / 2.0;
    return new AffineMap(
        cosine, sine, cosine * -x + sine * -y + x, -sine, cosine, -sine * -x + cosine * -y + y);
  }

  private static double rounded(double value) {
    return new BigDecimal(value).setScale(15, RoundingMode.HALF_EVEN).doubleValue();
  }

  @Override
  public long bytes(int imageHeight, int imageWidth) {
    return 2L * imageHeight * imageWidth;
  }

  @Override
  public Raster apply(Raster image, RasterEditor editor) {
    Raster out = editor.scratchFor(image);
    if (PixelLibrary.isThere() && image.channels() == 3) {
      double[] map = {a, b, c, d, e, f};
      PixelEdits.transform(image.address(), image.height(), image.width(), out.freshAddress(), map);
      return out;
    }
    byte[] pixels = out.pixels();
    int channels = image.channels();
    int to = 0;
    for (int row = 0; row < image.height(); row++) {
      double y = row + 0.5;
      for (int column = 0; column < image.width(); column++, to += channels) {
        double x = column + 0.5;
        double fromX = a * x + b * y + c;
        double fromY = d * x + e * y + f;
        if (fromX >= 0 && fromX < image.width() && fromY >= 0 && fromY < image.height()) {
          interpolate(image, fromX - 0.5, fromY - 0.5, pixels, to);
        } else {
          for (int channel = 0; channel < channels; channel++) {
            pixels[to + channel] = 0;
          }
        }
      }
    }
    return out;
  }

  /**
   * The value at (x, y), both at least -0.5. Beyond the centres of the outermost pixels their
   * values are repeated.
   */
  private static void interpolate(Raster image, double x, double y, byte[] out, int to) {
    byte[] pixels = image.pixels();
    int channels = image.channels();
    int column = x < 0 ? -1 : (int) x;
    int row = y < 0 ? -1 : (int) y;
    double right = x - column;
    double down = y - row;
    int upper = Math.max(0, row) * image.rowBytes();
    int lower = Math.min(image.height() - 1, row + 1) * image.rowBytes();
    int left = Math.max(0, column) * channels;
    int next = Math.min(image.width() - 1, column + 1) * channels;
    for (int channel = 0; channel < channels; channel++, left++, next++) {
      double above = between(pixels[upper + left] & 0xff, pixels[upper + next] & 0xff, right);
      double below = between(pixels[lower + left] & 0xff, pixels[lower + next] & 0xff, right);
      out[to + channel] = (byte) (int) (above + (below - above) * down);
    }
  }

  private static double between(int first, int second, double part) {
    return first + (second - first) * part;
  }
}
