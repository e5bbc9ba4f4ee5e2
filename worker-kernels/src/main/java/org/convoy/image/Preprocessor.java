package org.convoy.image;

import java.util.List;
import java.util.Locale;

/**
 * Carries out a {@link Preprocessing}: file bytes in, normalised floats (channels, height, width)
 * out. Owns a decoder and scratch images; one preprocessor serves one thread at a time.
 */
public final class Preprocessor implements AutoCloseable {
  private final Preprocessing preprocessing;
  private final ImageDecoder decoder = new ImageDecoder();
  private final RasterEditor editor = new RasterEditor();
  private final float[][] tables;
  private Raster decoded = new Raster();

  public Preprocessor(Preprocessing preprocessing) {
    this.preprocessing = preprocessing;
    tables = new float[preprocessing.channels()][];
    for (int c = 0; c < tables.length; c++) {
      tables[c] = preprocessing.normalisation().table(c);
    }
  }

  /**
   * A training sample, augmented.
   *
   * @param name what to call the image in an error
   * @param sample the stream of this sample in this epoch, {@link CounterRandom#forSample}; each
   *     transform draws from its own split of it
   * @param out receives channels * height * width floats from {@code offset}
   * @throws ImageDecodeException if the bytes are no whole image, or one that the transforms leave
   *     at another size
   */
  public void train(String name, byte[] file, CounterRandom sample, float[] out, int offset)
      throws ImageDecodeException {
    process(name, file, preprocessing.training(), sample, out, offset);
  }

  /** A validation or prediction sample; see {@link #train}. */
  public void evaluate(String name, byte[] file, float[] out, int offset)
      throws ImageDecodeException {
    process(name, file, preprocessing.evaluation(), CounterRandom.ofSeed(0), out, offset);
  }

  private void process(
      String name,
      byte[] file,
      List<Transform> transforms,
      CounterRandom sample,
      float[] out,
      int offset)
      throws ImageDecodeException {
    decoder.decode(name, file, preprocessing.channels(), decoded);
    Raster image = decoded;
    for (int i = 0; i < transforms.size(); i++) {
      Placement placement = transforms.get(i).place(image.height(), image.width(), sample.split(i));
      image = apply(name, placement, image);
    }
    if (image.height() != preprocessing.height() || image.width() != preprocessing.width()) {
      throw new ImageDecodeException(
          name,
          String.format(
              Locale.ROOT,
              "expected %dx%d pixels (height x width) after the transforms, got %dx%d",
              preprocessing.height(),
              preprocessing.width(),
              image.height(),
              image.width()));
    }
    normalise(image, out, offset);
  }

  private Raster apply(String name, Placement placement, Raster image) throws ImageDecodeException {
    if (PixelLimit.problem(placement.outWidth(), placement.outHeight()).isPresent()) {
      throw new ImageDecodeException(
          name,
          String.format(
              Locale.ROOT,
              "%dx%d pixels would become %dx%d",
              image.height(),
              image.width(),
              placement.outHeight(),
              placement.outWidth()));
    }
    return editor.apply(placement, image);
  }

  /** (h, w, c) bytes to (c, h, w) floats. */
  private void normalise(Raster image, float[] out, int offset) {
    byte[] pixels = image.pixels();
    int plane = image.height() * image.width();
    int step = image.channels();
    for (int c = 0; c < step; c++) {
      float[] table = tables[c];
      int to = offset + c * plane;
      for (int i = 0, from = c; i < plane; i++, from += step) {
        out[to + i] = table[pixels[from] & 0xff];
      }
    }
  }

  @Override
  public void close() {
    decoder.close();
  }
}
