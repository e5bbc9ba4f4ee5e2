package org.convoy.image.transform;

import org.convoy.image.codec.Raster;
import org.convoy.image.codec.Window;

/**
 * A {@link Placement} on an image that was decoded at a part of its size. The edges of its window
 * may lie between pixels.
 *
 * @param decoded the part of the reduced image that is decoded: the pixels that the window touches
 * @param top edge of the window in the decoded part, in reduced pixels, as the next three
 */
public record ReducedPlacement(
    Window decoded,
    double top,
    double left,
    double height,
    double width,
    int outHeight,
    int outWidth,
    boolean mirrored)
    implements Edit {

  /**
   * @param divisor of the size of the image
   */
  static ReducedPlacement of(Placement placement, int divisor) {
    int top = placement.top() / divisor;
    int left = placement.left() / divisor;
    int bottom = (placement.top() + placement.height() + divisor - 1) / divisor;
    int right = (placement.left() + placement.width() + divisor - 1) / divisor;
    return new ReducedPlacement(
        new Window(top, left, bottom - top, right - left),
        (double) placement.top() / divisor - top,
        (double) placement.left() / divisor - left,
        (double) placement.height() / divisor,
        (double) placement.width() / divisor,
        placement.outHeight(),
        placement.outWidth(),
        placement.mirrored());
  }

  @Override
  public Raster apply(Raster image, RasterEditor editor) {
    return editor.place(this, image);
  }

  @Override
  public int heightAfter(int before) {
    return outHeight;
  }

  @Override
  public int widthAfter(int before) {
    return outWidth;
  }
}
