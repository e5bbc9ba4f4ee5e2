package org.convoy.image.codec;

/**
 * An image file of one format with a valid header. Its pixels are not decoded yet, and no memory
 * was allocated for the sizes that it claims.
 */
interface Picture {
  /** Pixels per row, as stored. */
  int width();

  /** Rows, as stored. */
  int height();

  /** How to turn the stored picture upright. */
  default Orientation orientation() {
    return Orientation.UPRIGHT;
  }

  /** The most bytes of memory, native or not, that {@link #decode} takes besides the raster. */
  long scratchBytes();

  /** Whether {@link #decode(int, Window, Raster, DecoderMemory)} decodes a window alone. */
  default boolean decodesWindows() {
    return false;
  }

  /**
   * Decodes a window of the stored picture into a raster, which becomes (height, width, 3) of it.
   *
   * @param divisor of the picture's size, 1, 2, 4 or 8; the window is one of the smaller picture
   * @throws UnsupportedOperationException if it does not decode windows
   */
  default void decode(int divisor, Window window, Raster into, DecoderMemory memory)
      throws RefusalException {
    throw new UnsupportedOperationException("this format is decoded whole");
  }

  /** Decodes into a raster, which becomes (height, width, 3). */
  void decode(Raster into, DecoderMemory memory) throws RefusalException;
}
