package org.convoy.image.shapes;

import java.util.Locale;

/** The ten classes. In its own frame a shape lies within the unit circle, v downwards. */
public enum ShapeKind {
  ARROW(
      Outline.polygon(
          -0.95, -0.22, 0.1, -0.22, 0.1, -0.65, 1, 0, 0.1, 0.65, 0.1, 0.22, -0.95, 0.22)),
  BAR(Outline.polygon(-0.96, -0.27, 0.96, -0.27, 0.96, 0.27, -0.96, 0.27)),
  CIRCLE(Outline.disc(0, 0, 0.88)),
  CRESCENT(Outline.disc(0, 0, 1).without(Outline.disc(0.45, 0, 0.8))),
  CROSS(
      Outline.polygon(-0.95, -0.28, 0.95, -0.28, 0.95, 0.28, -0.95, 0.28)
          .or(Outline.polygon(-0.28, -0.95, 0.28, -0.95, 0.28, 0.95, -0.28, 0.95))),
  HEXAGON(Outline.star(6, 1, StrictMath.sqrt(0.75))),
  RING(Outline.disc(0, 0, 1).without(Outline.disc(0, 0, 0.55))),
  SQUARE(Outline.polygon(-0.7, -0.7, 0.7, -0.7, 0.7, 0.7, -0.7, 0.7)),
  STAR(Outline.star(5, 1, 0.42)),
  TRIANGLE(Outline.star(3, 1, 0.5));

  @SuppressWarnings("ImmutableEnumChecker") // an outline is a function of two numbers
  private final Outline outline;

  ShapeKind(Outline outline) {
    this.outline = outline;
  }

  /** Whether the shape contains a point of its own frame. */
  boolean contains(double u, double v) {
    return outline.contains(u, v);
  }

  /**
   * The key of this class's random stream. It depends on the name, so that a new class changes no
   * other class.
   */
  long stream() {
    return label().hashCode();
  }

  /** The name of the class, which is also its folder. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
