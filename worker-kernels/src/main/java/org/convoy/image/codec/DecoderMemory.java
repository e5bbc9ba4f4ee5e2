package org.convoy.image.codec;

import java.util.Optional;
import java.util.zip.Inflater;

/** Native memory that the decoders of one thread reuse for all pictures. */
final class DecoderMemory implements AutoCloseable {
  private final OpenCvDecoder openCv = new OpenCvDecoder();
  private final JpegDecoder jpeg;
  private final Inflater inflater = new Inflater();

  /**
   * @param replacement decodes what it can in the place of libjpeg-turbo; from now on owned
   */
  DecoderMemory(Optional<JpegReplacement> replacement) {
    this.jpeg = new JpegDecoder(replacement);
  }

  JpegDecoder jpeg() {
    return jpeg;
  }

  OpenCvDecoder openCv() {
    return openCv;
  }

  /** An inflater for zlib's format, reset to its start. */
  Inflater inflater() {
    inflater.reset();
    return inflater;
  }

  @Override
  public void close() {
    inflater.end();
    jpeg.close();
    openCv.close();
  }
}
