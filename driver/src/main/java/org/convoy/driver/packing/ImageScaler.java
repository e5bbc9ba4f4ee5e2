package org.convoy.driver.packing;

import java.util.Arrays;
import org.convoy.image.codec.EncodedImage;
import org.convoy.image.codec.ImageDecodeException;
import org.convoy.image.codec.ImageDecoder;
import org.convoy.image.codec.JpegEncoder;
import org.convoy.image.codec.Raster;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Placement;
import org.convoy.image.transform.RasterEditor;
import org.convoy.image.transform.Resize;
import org.convoy.image.transform.Size;

/**
 * Scales large image files down, as the transform {@code resize} does, and writes them as JPEG.
 * Files whose shorter side is not longer than wanted stay as they are. One thread at a time.
 */
final class ImageScaler implements AutoCloseable {
  private static final int RGB = 3;

  private final Resize resize;
  private final int quality;
  private final ImageDecoder decoder = new ImageDecoder();
  private final RasterEditor editor = new RasterEditor(Normalisation.named("none", RGB));
  private final Raster decoded = new Raster();

  /**
   * @param side pixels of the shorter side afterwards
   * @param quality of JPEG, 1 to 100
   */
  ImageScaler(int side, int quality) {
    this.resize = new Resize(side);
    this.quality = quality;
  }

  /**
   * The file itself, or a smaller one.
   *
   * @param name in messages
   * @throws ImageDecodeException if it has to be scaled and does not decode
   */
  byte[] scaled(String name, byte[] file) throws ImageDecodeException {
    EncodedImage image = decoder.open(name, file);
    if (Math.min(image.height(), image.width()) <= resize.size()) {
      return file;
    }
    Placement to = resize.decide(image.height(), image.width(), CounterRandom.ofSeed(0));
    if (!to.allowed() || Math.max(to.outHeight(), to.outWidth()) > Size.MAX_SIDE) {
      return file; // A strip: its longer side would still be too long for a JPEG.
    }
    decoder.decode(image, RGB, decoded);
    Raster small = to.apply(decoded, editor);
    byte[] jpeg =
        JpegEncoder.encode(
            Arrays.copyOf(small.pixels(), small.size()), small.height(), small.width(), quality);
    decoded.releaseIfLarge();
    editor.releaseIfLarge();
    return jpeg;
  }

  @Override
  public void close() {
    decoder.close();
  }
}
