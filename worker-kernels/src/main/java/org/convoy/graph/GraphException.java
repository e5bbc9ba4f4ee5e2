package org.convoy.graph;

/**
 * A network that cannot be: the message names the op, the shapes it got and the rule they break.
 */
public final class GraphException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public GraphException(String message) {
    super(message);
  }
}
