package org.convoy.artifact;

/**
 * Numbers that were to be saved, or were read, are NaN or infinite: nothing can be done with them.
 */
public final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what holds the number: a tensor's name, for example
   * @param element which of its elements, from 0
   * @param value NaN or an infinity
   */
  public NotFiniteException(String what, long element, double value) {
    super(what + ": expected finite numbers, got " + value + " at element " + element);
  }
}
