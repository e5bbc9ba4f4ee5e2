package org.convoy.image.codec;

/** What decodes in the place of libjpeg-turbo has failed, which is no fault of the file. */
public final class JpegReplacementException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JpegReplacementException(String message, Throwable cause) {
    super(message, cause);
  }
}
