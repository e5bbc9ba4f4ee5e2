package org.convoy.image.codec;

/** The reason why Convoy cannot read a file. {@link ImageDecoder} adds the name of the file. */
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
