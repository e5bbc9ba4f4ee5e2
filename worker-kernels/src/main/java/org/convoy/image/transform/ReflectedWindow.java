package org.convoy.image.transform;

import org.convoy.image.codec.Raster;

/**
 * Cuts a window in which the image goes on beyond its borders as its mirror image, without
 * repeating the border itself: NumPy's {@code pad} of mode "reflect". All numbers are in pixels.
 */
record ReflectedWindow(Placement window) implements Edit {

  static ReflectedWindow of(int top, int left, int height, int width) {
    return new ReflectedWindow(Placement.window(top, left, height, width));
  }

  @Override
  public Raster apply(Raster image, RasterEditor editor) {
    Raster out = editor.place(window, image);
    if (window.inside(image.height(), image.width())) {
      return out;
    }
    byte[] from = image.pixels();
    byte[] to = out.pixels();
    int channels = image.channels();
    for (int y = 0; y < out.height(); y++) {
      int row = reflected(y + window.top(), image.height());
      boolean inside = row == y + window.top();
      for (int x = 0; x < out.width(); x++) {
        int column = reflected(x + window.left(), image.width());
        if (inside && column == x + window.left()) {
          continue;
        }
        int source = row * image.rowBytes() + column * channels;
        int target = y * out.rowBytes() + x * channels;
        for (int channel = 0; channel < channels; channel++) {
          to[target + channel] = from[source + channel];
        }
      }
    }
    return out;
  }

  /** The place inside a side of this length that shows at a place of any number. */
  private static int reflected(int place, int length) {
    if (length == 1) {
      return 0;
    }
    int period = 2 * (length - 1);
    int within = Math.floorMod(place, period);
    return within < length ? within : period - within;
  }

  @Override
  public int heightAfter(int before) {
    return window.heightAfter(before);
  }

  @Override
  public int widthAfter(int before) {
    return window.widthAfter(before);
  }

  @Override
  public boolean allowed() {
    return window.allowed();
  }

  @Override
  public long bytes(int imageHeight, int imageWidth) {
    return window.bytes(imageHeight, imageWidth);
  }
}
