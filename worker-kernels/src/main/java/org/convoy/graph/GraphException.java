package org.convoy.graph;

/**
 * A network is not valid. The message names the op, its input shapes and the rule that they break.
 */
public final class GraphException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public GraphException(String message) {
    super(message);
  }
}
