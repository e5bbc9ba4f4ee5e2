package org.convoy.image.transform;

import org.convoy.image.codec.Raster;

/**
 * A transform's decision for one image. It is made before the pixels are known, and all random
 * draws are done. An edit moves pixels, as a {@link Placement} does, or changes their values in
 * place, as a lambda does. The defaults fit the second kind.
 */
@FunctionalInterface
public interface Edit {

  /**
   * Applies the edit.
   *
   * @param image of the size that the transform was given; the edit may change it in place
   * @param editor provides the edit's scratch memory
   * @return the image itself, or a scratch image of the editor
   */
  Raster apply(Raster image, RasterEditor editor);

  /** The number of rows afterwards, from the number before. */
  default int heightAfter(int before) {
    return before;
  }

  /** The number of pixels in a row afterwards, from the number before. */
  default int widthAfter(int before) {
    return before;
  }

  /** Whether the edit's result and all its intermediate images have allowed sizes. */
  default boolean allowed() {
    return true;
  }

  /** The most bytes of scratch images that the edit needs for each channel of an image. */
  default long bytes(int imageHeight, int imageWidth) {
    return 0;
  }
}
