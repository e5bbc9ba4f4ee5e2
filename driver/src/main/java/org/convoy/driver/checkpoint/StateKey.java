package org.convoy.driver.checkpoint;

import java.util.Comparator;
import java.util.Locale;

/**
 * One chunk of one state vector, as a tensor name {@code momentum/00000012}.
 *
 * @param vector name of the optimizer's state vector, or of another vector with the same chunks
 * @param chunk number of the chunk
 */
public record StateKey(String vector, int chunk) implements Comparable<StateKey> {
  private static final Comparator<StateKey> ORDER =
      Comparator.comparing(StateKey::vector).thenComparingInt(StateKey::chunk);

  /** Checks the parts. */
  public StateKey {
    if (vector.isEmpty() || vector.indexOf('/') >= 0 || chunk < 0) {
      throw new IllegalArgumentException(
          "state key: expected a name without / and a chunk from 0, got "
              + vector
              + " and "
              + chunk);
    }
  }

  /** The name of the tensor in a file. */
  public String tensorName() {
    return String.format(Locale.ROOT, "%s/%08d", vector, chunk);
  }

  @Override
  public int compareTo(StateKey other) {
    return ORDER.compare(this, other);
  }
}
