package org.convoy.driver.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.convoy.random.SplitMix64;
import org.convoy.settings.RequestException;

/**
 * The values that a sweep tries.
 *
 * @param axes one for each key; every combination of their values is a point
 */
public record SweepSpace(List<Axis> axes) {
  private static final int MOST_POINTS = 1_000_000;

  /** Copies the list and bounds the number of points. */
  public SweepSpace {
    axes = List.copyOf(axes);
    long points = 1;
    for (Axis axis : axes) {
      points *= axis.values().size();
      if (points > MOST_POINTS) {
        throw new RequestException("--over: expected at most 1000000 combinations of values");
      }
    }
  }

  /**
   * A key with its values.
   *
   * @param key of a recipe
   * @param values as {@code --set} takes them
   */
  public record Axis(String key, List<String> values) {
    /** Copies the list. */
    public Axis {
      values = List.copyOf(values);
    }

    /**
     * Reads {@code key=a,b,c}. A comma inside brackets, braces or quotation marks does not
     * separate.
     *
     * @throws RequestException if there is no key or no value
     */
    static Axis parse(String text) {
      int equals = text.indexOf('=');
      List<String> values = equals < 1 ? List.of() : split(text.substring(equals + 1));
      if (values.isEmpty() || values.contains("")) {
        throw new RequestException(
            String.format(Locale.ROOT, "--over: expected KEY=VALUE,VALUE,..., got \"%s\"", text));
      }
      return new Axis(text.substring(0, equals).strip(), values);
    }

    private static List<String> split(String text) {
      List<String> parts = new ArrayList<>();
      StringBuilder part = new StringBuilder();
      int depth = 0;
      boolean quoted = false;
      for (char c : text.toCharArray()) {
        quoted ^= c == '"';
        depth += quoted ? 0 : "[{".indexOf(c) >= 0 ? 1 : "]}".indexOf(c) >= 0 ? -1 : 0;
        if (c == ',' && depth == 0 && !quoted) {
          parts.add(part.toString().strip());
          part.setLength(0);
        } else {
          part.append(c);
        }
      }
      parts.add(part.toString().strip());
      return parts;
    }
  }

  /**
   * Reads the options {@code --over}.
   *
   * @throws RequestException if one is not of the form {@code key=a,b,c}, or a key is there twice
   */
  public static SweepSpace parse(List<String> over) {
    List<Axis> axes = over.stream().map(Axis::parse).toList();
    if (axes.stream().map(Axis::key).distinct().count() < axes.size()) {
      throw new RequestException("--over: expected each key once, got " + over);
    }
    return new SweepSpace(axes);
  }

  /** The number of points. */
  public int size() {
    return axes.stream().mapToInt(axis -> axis.values().size()).reduce(1, Math::multiplyExact);
  }

  /** A point as overrides of the recipe; the values of the last key change fastest. */
  List<String> point(int number) {
    List<String> overrides = new ArrayList<>();
    int left = number;
    for (int i = axes.size() - 1; i >= 0; i--) {
      Axis axis = axes.get(i);
      overrides.add(0, axis.key() + "=" + axis.values().get(left % axis.values().size()));
      left /= axis.values().size();
    }
    return overrides;
  }

  /** Every point. */
  List<List<String>> grid() {
    return drawnInOrder(size());
  }

  private List<List<String>> drawnInOrder(int count) {
    List<List<String>> points = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      points.add(point(i));
    }
    return points;
  }

  /**
   * Points drawn at random, none twice.
   *
   * @param count at most; there are no more than all
   * @param seed the same seed draws the same points
   */
  List<List<String>> drawn(int count, long seed) {
    int[] order = new int[size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    List<List<String>> points = new ArrayList<>();
    for (int i = 0; i < Math.min(count, order.length); i++) {
      long bits = SplitMix64.at(seed, i) >>> 1;
      int other = i + (int) Math.multiplyHigh(bits, (long) (order.length - i) << 1);
      int held = order[i];
      order[i] = order[other];
      order[other] = held;
      points.add(point(order[i]));
    }
    return points;
  }
}
