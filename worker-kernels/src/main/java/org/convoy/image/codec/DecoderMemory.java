package org.convoy.image.codec;

import java.util.zip.Inflater;

/** Native memory that the decoders of one thread reuse for all pictures. */
final class DecoderMemory implements AutoCloseable {
  private final OpenCvDecoder openCv = new OpenCvDecoder();
  private final JpegDecoder jpeg = new JpegDecoder();
  private final Inflater inflater = new Inflater();

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
