package org.convoy.image.transform;

import org.convoy.image.codec.Raster;

/**
 * Blurs an image with the same bytes as Pillow's {@code ImageFilter.GaussianBlur}: three box
 * filters along rows, then three along columns (Gwosdek et al. 2011, "Theoretical foundations of
 * Gaussian convolution by extended box filtering"), in fixed point; pixels of the border are
 * repeated outside (Pillow, src/libImaging/BoxBlur.c).
 *
 * @param radius standard deviation in pixels
 */
record GaussianBlur(double radius) implements Edit {
  private static final int PASSES = 3;
  private static final int ONE = 1 << 24;

  @Override
  public long bytes(int imageHeight, int imageWidth) {
    return (long) imageHeight * imageWidth;
  }

  @Override
  public Raster apply(Raster image, RasterEditor editor) {
    if (radius == 0) {
      return image;
    }
    float box = boxRadius((float) radius);
    int channels = image.channels();
    Raster other = editor.scratchFor(image);
    Raster from = image;
    Raster to = other;
    for (int pass = 0; pass < 2 * PASSES; pass++) {
      boolean along = pass < PASSES;
      int lines = along ? image.height() : image.width();
      int length = along ? image.width() : image.height();
      int step = along ? channels : image.rowBytes();
      int next = along ? image.rowBytes() : channels;
      for (int line = 0; line < lines; line++) {
        for (int channel = 0; channel < channels; channel++) {
          blur(from.pixels(), to.pixels(), line * next + channel, step, length, box);
        }
      }
      Raster kept = from;
      from = to;
      to = kept;
    }
    return from;
  }

  /** The radius of each box filter, in single precision as Pillow computes it. */
  static float boxRadius(float sigma) {
    float variance = sigma * sigma / PASSES;
    float length = (float) Math.sqrt(12.0 * variance + 1.0);
    float whole = (float) Math.floor((length - 1.0) / 2.0);
    float part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
    part /= 6 * (variance - (whole + 1) * (whole + 1));
    return whole + part;
  }

  /** One box filter over a line: whole neighbours, and a part of the next one at either end. */
  private static void blur(byte[] from, byte[] to, int start, int step, int length, float box) {
    int reach = (int) box;
    long whole = (long) (ONE / (box * 2 + 1));
    long part = (ONE - (reach * 2 + 1) * whole) / 2;
    long sum = 0;
    for (int i = -reach; i <= reach; i++) {
      sum += at(from, start, step, length, i);
    }
    for (int x = 0; x < length; x++) {
      int left = at(from, start, step, length, x - reach - 1);
      int right = at(from, start, step, length, x + reach + 1);
      to[start + x * step] = (byte) ((sum * whole + (left + right) * part + ONE / 2) >>> 24);
      sum += right - at(from, start, step, length, x - reach);
    }
  }

  private static int at(byte[] pixels, int start, int step, int length, int i) {
    return pixels[start + Math.max(0, Math.min(length - 1, i)) * step] & 0xff;
  }
}
