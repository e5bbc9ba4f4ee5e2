package org.convoy.image.codec;

/** Why a file is no image that Convoy reads; {@link ImageDecoder} adds the file's name. */
final class RefusalException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  RefusalException(String reason) {
    super(reason);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
