package org.convoy.image.codec;

import java.util.zip.Inflater;

/** Native memory that the decoders of one thread keep from picture to picture. */
final class DecoderMemory implements AutoCloseable {
  private final OpenCvDecoder openCv = new OpenCvDecoder();
  private final Inflater inflater = new Inflater();

  OpenCvDecoder openCv() {
    return openCv;
  }

  /** Fresh, in zlib's format. */
  Inflater inflater() {
    inflater.reset();
    return inflater;
  }

  @Override
  public void close() {
    inflater.end();
    openCv.close();
  }
}
