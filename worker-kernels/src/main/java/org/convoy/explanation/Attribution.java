package org.convoy.explanation;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much each position of an image matters.
 *
 * @param values (height, width); positive where the position speaks for the class, negative where
 *     against it
 * @param figures further numbers by name, for the summary
 */
public record Attribution(
    int height, int width, float[] values, SortedMap<String, Double> figures) {
  /** Checks the size. */
  public Attribution {
    if (values.length != height * width) {
      throw new IllegalArgumentException(
          "expected " + height * width + " values, got " + values.length);
    }
  }

  /**
   * A figure.
   *
   * @throws IllegalArgumentException if the method has none of this name
   */
  public double figure(String name) {
    Double figure = figures.get(name);
    if (figure == null) {
      throw new IllegalArgumentException("no figure is named " + name + "; known: " + figures);
    }
    return figure;
  }

  static Attribution of(int height, int width, float[] values, Map<String, Double> figures) {
    return new Attribution(height, width, values, new TreeMap<>(figures));
  }
}
