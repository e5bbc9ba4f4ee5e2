package org.convoy.graph;

/**
 * One tensor's place in the flat vector of a network.
 *
 * @param name torchvision's name if torchvision has the model, for example {@code
 *     layer1.0.conv1.weight}
 * @param offset of its first element, in elements
 */
public record Parameter(
    String name, Shape shape, ParameterKind kind, long offset, Initializer initializer) {

  public long length() {
    return shape.elements();
  }

  /** The index after its last element. */
  public long end() {
    return offset + length();
  }
}
