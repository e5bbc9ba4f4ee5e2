package org.convoy.driver.training;

/** Too many images do not decode, so a result from the others would be useless. */
final class BadImagesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadImagesException(String message) {
    super(message);
  }
}
