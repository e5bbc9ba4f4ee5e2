package org.convoy.image.shapes;

/** A set of points of the plane, given by a test for each point. */
@FunctionalInterface
interface Outline {
  boolean contains(double u, double v);

  default Outline or(Outline other) {
    return (u, v) -> contains(u, v) || other.contains(u, v);
  }

  default Outline without(Outline other) {
    return (u, v) -> contains(u, v) && !other.contains(u, v);
  }

  static Outline disc(double centerU, double centerV, double radius) {
    return (u, v) -> {
      double du = u - centerU;
      double dv = v - centerV;
      return du * du + dv * dv <= radius * radius;
    };
  }

  /** The inside of a closed polygon by the even-odd rule; corners as u, v, u, v, ... */
  static Outline polygon(double... corners) {
    return (u, v) -> {
      boolean inside = false;
      int previous = corners.length - 2;
      for (int i = 0; i < corners.length; previous = i, i += 2) {
        double v0 = corners[i + 1];
        double v1 = corners[previous + 1];
        if (v0 > v != v1 > v
            && u < (corners[previous] - corners[i]) * (v - v0) / (v1 - v0) + corners[i]) {
          inside = !inside;
        }
      }
      return inside;
    };
  }

  /**
   * A star with this number of points. Its corners alternate between the outer and the inner
   * radius. With inner = outer * cos(pi / points) it is the regular polygon.
   */
  static Outline star(int points, double outer, double inner) {
    double[] corners = new double[4 * points];
    for (int i = 0; i < 2 * points; i++) {
      double radius = i % 2 == 0 ? outer : inner;
      double angle = StrictMath.PI * i / points;
      corners[2 * i] = radius * StrictMath.cos(angle);
      corners[2 * i + 1] = radius * StrictMath.sin(angle);
    }
    return polygon(corners);
  }
}
