package org.convoy.image.codec;

/** Decodes JPEGs in the place of libjpeg-turbo, to pixels that may differ. One thread uses it. */
public interface JpegReplacement extends AutoCloseable {

  /**
   * Decodes a window of an upright picture of three components in YCbCr with Huffman codes.
   *
   * @param file address of a file that was checked and written anew
   * @param height of the whole picture
   * @param width of the whole picture
   * @param out address of the window's pixels, dense rows of RGB
   * @return false if this file is left to libjpeg-turbo
   * @throws JpegReplacementException if it fails, whatever the file
   */
  boolean decode(long file, long bytes, int height, int width, Window window, long out);

  /** Is told of a picture that libjpeg-turbo decodes. */
  void leftOut();

  @Override
  void close();
}
