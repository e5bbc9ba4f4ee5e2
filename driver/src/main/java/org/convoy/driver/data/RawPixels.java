package org.convoy.driver.data;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/**
 * The layout of samples that are bare pixels, as in MNIST's and CIFAR's files: one plane of {@code
 * height * width} bytes for each channel. A reader puts the header of a PGM or PPM file before
 * them, so that they decode like any image file.
 *
 * @param channels 1 for grey, 3 for red, green and blue
 * @param height rows
 * @param width pixels in a row
 */
record RawPixels(int channels, int height, int width) implements Serializable {
  /** What is stored for samples that are image files. */
  static final String NONE = "";

  RawPixels {
    if ((channels != 1 && channels != 3) || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "expected 1 or 3 channels and positive sides, got "
              + channels
              + "x"
              + height
              + "x"
              + width);
    }
  }

  /** Reads what {@link #toString} wrote. */
  static RawPixels parse(String text) {
    String[] sides = text.split("x");
    return new RawPixels(
        Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), Integer.parseInt(sides[2]));
  }

  /** Bytes of one sample. */
  int bytes() {
    return Math.multiplyExact(channels, Math.multiplyExact(height, width));
  }

  /** The sample as a PGM or PPM file. */
  byte[] toPnm(byte[] planes) {
    String header = (channels == 1 ? "P5\n" : "P6\n") + width + " " + height + "\n255\n";
    byte[] head = header.getBytes(StandardCharsets.US_ASCII);
    byte[] file = new byte[head.length + planes.length];
    System.arraycopy(head, 0, file, 0, head.length);
    int plane = height * width;
    int to = head.length;
    for (int pixel = 0; pixel < plane; pixel++) {
      for (int channel = 0; channel < channels; channel++) {
        file[to++] = planes[channel * plane + pixel];
      }
    }
    return file;
  }

  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
