package org.convoy.image.codec;

import java.io.IOException;

/** A file is not an image, or only a part of one. The message names the file and the reason. */
public final class ImageDecodeException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final String reason;

  public ImageDecodeException(String name, String reason) {
    super("image " + name + " does not decode: " + reason);
    this.name = name;
    this.reason = reason;
  }

  /** The name that the source gave the image. */
  public String name() {
    return name;
  }

  /** The reason, without the name. */
  public String reason() {
    return reason;
  }
}
