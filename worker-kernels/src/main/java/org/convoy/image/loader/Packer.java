package org.convoy.image.loader;

import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.image.codec.Raster;
import org.convoy.image.kernels.PixelLibrary;
import org.convoy.image.kernels.PixelPacking;
import org.convoy.image.transform.AxisTable;
import org.convoy.image.transform.Preprocessing;

/** Puts the pixels of a finished image into its place in a batch. */
final class Packer implements AutoCloseable {
  private final int floatsPerImage;
  private final float[][] tables;
  private final Optional<PixelPacking> packing;
  private final AxisTable rows = new AxisTable();
  private final AxisTable columns = new AxisTable();

  Packer(Preprocessing preprocessing) {
    floatsPerImage = preprocessing.floatsPerImage();
    tables = new float[preprocessing.channels()][];
    for (int c = 0; c < tables.length; c++) {
      tables[c] = preprocessing.normalisation().table(c);
    }
    packing = PixelLibrary.isThere() ? Optional.of(new PixelPacking(tables)) : Optional.empty();
  }

  /** A place among windows. One at a time is in use. */
  Destination destination(WindowBlock windows, int index) {
    return new WindowDestination(windows, index, rows, columns);
  }

  /** Writes the network's input to native memory. */
  void pack(Raster image, Pointer out) {
    if (packing.isPresent()) {
      packing.get().pack(image.address(), (long) image.height() * image.width(), out.address());
    } else {
      float[] floats = new float[floatsPerImage];
      normalise(image, floats, 0);
      new FloatPointer(out).put(floats, 0, floats.length);
    }
  }

  /** (h, w, c) bytes to (c, h, w) floats. */
  void normalise(Raster image, float[] out, int offset) {
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
    packing.ifPresent(PixelPacking::close);
  }
}
