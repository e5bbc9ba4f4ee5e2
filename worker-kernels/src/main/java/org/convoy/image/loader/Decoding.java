package org.convoy.image.loader;

/** How JPEGs are decoded for training. */
public enum Decoding {
  /** At their own size. */
  EXACT,
  /**
   * At a half, a quarter or an eighth of their size where the first crop is scaled down by more
   * than that. The inverse transform then leaves out the upper frequencies. The pixels differ a
   * little.
   */
  SCALED,
  /**
   * At their own size by nvJPEG on the GPU. The pixels differ a little. Libjpeg-turbo decodes the
   * files that nvJPEG does not.
   */
  NVJPEG
}
