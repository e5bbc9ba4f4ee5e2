package org.convoy.optim;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Parts of a flat vector, each of which has a norm and a factor of its own: {@link
 * AdaptiveClipping} scales them. They ascend and do not overlap. A chunk of the vector may hold a
 * part of a unit; then the sums of all chunks are added in their order.
 */
public final class Units {
  private final long[] starts;
  private final long[] ends;

  /**
   * @param starts the first element of each unit, ascending
   * @param ends one past the last element of each
   */
  public Units(long[] starts, long[] ends) {
    this.starts = starts.clone();
    this.ends = ends.clone();
    for (int i = 0; i < starts.length; i++) {
      if (ends[i] <= starts[i] || (i > 0 && starts[i] < ends[i - 1])) {
        throw new IllegalArgumentException(
            "units: expected ascending, got [" + starts[i] + ", " + ends[i] + ")");
      }
    }
  }

  /** The number of units. */
  public int count() {
    return starts.length;
  }

  /** The first element of a unit. */
  public long start(int unit) {
    return starts[unit];
  }

  /** One past the last element of a unit. */
  public long end(int unit) {
    return ends[unit];
  }

  /** The first unit that ends behind an element. */
  public int first(long element) {
    int found = Arrays.binarySearch(ends, element);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /** The number of units that have a part in the elements {@code from} to {@code to}. */
  public int within(long from, long to) {
    int first = first(from);
    int past = Arrays.binarySearch(starts, to);
    return Math.max(0, (past >= 0 ? past : -past - 1) - first);
  }

  /**
   * For each unit that has a part in a chunk, the sum of the squares of the part's parameters and
   * that of its gradient, each added element by element in double.
   *
   * @param from the chunk's first element in the whole vector
   * @param parameters (n) of the chunk
   * @param gradient (n) of the chunk
   */
  public double[] squares(long from, INDArray parameters, INDArray gradient) {
    FloatBuffer p = FloatMemory.of("parameters", parameters);
    FloatBuffer g = FloatMemory.of("gradient", gradient);
    long to = from + p.limit();
    int first = first(from);
    double[] sums = new double[2 * within(from, to)];
    for (int i = 0; i < sums.length / 2; i++) {
      int end = (int) (Math.min(to, ends[first + i]) - from);
      for (int at = (int) (Math.max(from, starts[first + i]) - from); at < end; at++) {
        sums[2 * i] += (double) p.get(at) * p.get(at);
        sums[2 * i + 1] += (double) g.get(at) * g.get(at);
      }
    }
    return sums;
  }

  /**
   * Multiplies the gradient of a chunk by the factors of its units.
   *
   * @param from the chunk's first element in the whole vector
   * @param gradient (n) of the chunk, changed
   * @param factors of all units
   */
  public void scale(long from, INDArray gradient, double[] factors) {
    FloatBuffer g = FloatMemory.of("gradient", gradient);
    long to = from + g.limit();
    int past = first(from) + within(from, to);
    for (int unit = first(from); unit < past; unit++) {
      if (factors[unit] != 1) {
        float factor = (float) factors[unit];
        int end = (int) (Math.min(to, ends[unit]) - from);
        for (int at = (int) (Math.max(from, starts[unit]) - from); at < end; at++) {
          g.put(at, factor * g.get(at));
        }
      }
    }
  }
}
