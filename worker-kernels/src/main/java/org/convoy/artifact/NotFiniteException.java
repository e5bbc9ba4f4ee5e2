package org.convoy.artifact;

/** Numbers to save, or numbers that were read, are NaN or infinite, so they cannot be used. */
public final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what holder of the number, for example the name of a tensor
   * @param element index of the element, from 0
   * @param value NaN or an infinity
   */
  public NotFiniteException(String what, long element, double value) {
    super(what + ": expected finite numbers, got " + value + " at element " + element);
  }
}
