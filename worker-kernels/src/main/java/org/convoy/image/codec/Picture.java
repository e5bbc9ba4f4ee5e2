package org.convoy.image.codec;

/**
 * An image file of one format whose header was read and found sound. Its pixels are not decoded
 * yet, and nothing was allocated by the sizes that it claims.
 */
interface Picture {
  /** Pixels of a row, as stored. */
  int width();

  /** Rows, as stored. */
  int height();

  /** How the stored picture has to be turned. */
  default Orientation orientation() {
    return Orientation.UPRIGHT;
  }

  /** Bytes of memory that {@link #decode} takes at most beside the raster, native or not. */
  long scratchBytes();

  /** Decodes into a raster, which becomes (height, width, 3). */
  void decode(Raster into, DecoderMemory memory) throws RefusalException;
}
