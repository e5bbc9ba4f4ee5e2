package org.convoy.image.transform;

import org.convoy.image.codec.Raster;

/**
 * What a transform decided to do with one image, before the image's pixels are known: all its draws
 * are made. It moves pixels, as a {@link Placement} does, or changes their values where they stand,
 * as a lambda does; the defaults are right for the second kind.
 */
@FunctionalInterface
public interface Edit {

  /**
   * Carries the edit out.
   *
   * @param image of the size that the transform was told; the edit may change it in place
   * @param editor whose scratch memory the edit uses; it keeps none of its own
   * @return the image itself, or a scratch image of the editor
   */
  Raster apply(Raster image, RasterEditor editor);

  /** Rows afterwards, from those before. */
  default int heightAfter(int before) {
    return before;
  }

  /** Pixels of a row afterwards, from those before. */
  default int widthAfter(int before) {
    return before;
  }

  /** Whether what the edit makes, and makes on its way, is of an allowed size. */
  default boolean allowed() {
    return true;
  }

  /** Bytes of scratch images that the edit takes at most for each channel of an image. */
  default long bytes(int imageHeight, int imageWidth) {
    return 0;
  }
}
