package org.convoy.driver.training;

/** So many images do not decode that what is computed from the others is not worth having. */
final class BadImagesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadImagesException(String message) {
    super(message);
  }
}
