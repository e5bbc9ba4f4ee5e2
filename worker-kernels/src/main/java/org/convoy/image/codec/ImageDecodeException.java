package org.convoy.image.codec;

import java.io.IOException;

/**
 * A file that is no image, or only part of one. The message names the file and says why it was
 * refused.
 */
public final class ImageDecodeException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final String reason;

  public ImageDecodeException(String name, String reason) {
    super("image " + name + " does not decode: " + reason);
    this.name = name;
    this.reason = reason;
  }

  /** The image, as its source called it. */
  public String name() {
    return name;
  }

  /** Why, without the name. */
  public String reason() {
    return reason;
  }
}
