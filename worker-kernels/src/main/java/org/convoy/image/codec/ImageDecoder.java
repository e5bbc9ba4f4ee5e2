package org.convoy.image.codec;

import java.util.Locale;
import java.util.Optional;

/**
 * Decodes image files to 8-bit RGB (or grey), upright: the orientation in EXIF or XMP is applied,
 * as in browsers and in Pillow's exif_transpose. Grey files give three equal channels. CMYK and
 * YCCK files are read as Adobe writes them (inverted). Transparency is dropped. 16-bit samples are
 * cut to their upper 8 bits.
 *
 * <p>There are two steps: {@link #open} recognises the format and checks the header; {@link
 * #decode} allocates memory and returns pixels. PNG, TIFF, BMP and PNM are decoded in Java. Only
 * JPEG and WebP reach native code, and only as files that were checked and rewritten. A truncated
 * file is refused, and so is a PNG with a wrong check sum. A flipped bit inside JPEG entropy-coded
 * data is accepted, as in Pillow.
 *
 * <p>A decoder owns native buffers. Only one thread at a time may use it.
 */
public final class ImageDecoder implements AutoCloseable {
  private final DecoderMemory memory;
  private final Raster stored = new Raster();
  private boolean closed;

  /** A decoder to which libjpeg-turbo's pixels are those of JPEGs. */
  public ImageDecoder() {
    this(Optional.empty());
  }

  /**
   * @param replacement decodes upright JPEGs in the place of libjpeg-turbo, those that it can; from
   *     now on owned by this decoder
   */
  public ImageDecoder(Optional<JpegReplacement> replacement) {
    this.memory = new DecoderMemory(replacement);
  }

  /**
   * Recognises a file and reads its header.
   *
   * @param name name of the image in error messages
   * @throws ImageDecodeException if it is not an image of a supported format, has too many pixels,
   *     or is damaged
   */
  public EncodedImage open(String name, byte[] file) throws ImageDecodeException {
    try {
      Picture picture = ImageFormat.open(file);
      PixelLimit.check(picture.width(), picture.height());
      PixelLimit.checkBytes(picture.width(), picture.height(), file.length);
      return new EncodedImage(name, picture);
    } catch (RefusalException e) {
      throw new ImageDecodeException(name, e.reason());
    } catch (RuntimeException e) {
      throw defect(name, e);
    }
  }

  /** No file may end a run, not even one that triggers a bug in a decoder. */
  private static ImageDecodeException defect(String name, RuntimeException cause) {
    ImageDecodeException refusal = new ImageDecodeException(name, "its decoder failed: " + cause);
    refusal.initCause(cause);
    return refusal;
  }

  /**
   * Decodes into a raster with this number of channels.
   *
   * @param channels 3 for RGB, 1 for grey
   * @throws ImageDecodeException if the data are damaged, or if there is no memory for the pixels
   */
  public void decode(EncodedImage image, int channels, Raster into) throws ImageDecodeException {
    decode(image, 1, Window.whole(image.height(), image.width()), channels, into);
  }

  /**
   * Decodes a window, or the whole of an image that does not decode windows. The pixels are those
   * of the whole image. What is damaged below the window may stay unnoticed.
   *
   * @param divisor of the size at which it is decoded, 1, 2, 4 or 8; 1 unless it decodes windows
   * @param window inside the image of that size
   * @see EncodedImage#decodesWindows
   */
  public void decode(EncodedImage image, int divisor, Window window, int channels, Raster into)
      throws ImageDecodeException {
    if (closed) {
      throw new IllegalStateException("image decoder used after close");
    }
    Picture picture = image.picture();
    try {
      if (image.decodesWindows()) {
        picture.decode(divisor, window, into, memory);
      } else if (picture.orientation() == Orientation.UPRIGHT) {
        picture.decode(into, memory);
      } else {
        picture.decode(stored, memory);
        picture.orientation().turn(stored, into);
      }
    } catch (RefusalException e) {
      throw new ImageDecodeException(image.name(), e.reason());
    } catch (JpegReplacementException e) {
      throw e;
    } catch (RuntimeException e) {
      throw defect(image.name(), e);
    } catch (OutOfMemoryError e) {
      into.release();
      stored.release();
      ImageDecodeException refusal =
          new ImageDecodeException(
              image.name(),
              String.format(
                  Locale.ROOT,
                  "no memory for its %dx%d pixels, %d MB (%s)",
                  image.width(),
                  image.height(),
                  image.decodingBytes() / 1_000_000,
                  e.getMessage()));
      refusal.initCause(e);
      throw refusal;
    } finally {
      stored.releaseIfLarge();
    }
    if (channels == 1) {
      into.toGrey();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      stored.close();
      memory.close();
    }
  }
}
