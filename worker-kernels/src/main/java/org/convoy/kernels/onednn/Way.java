package org.convoy.kernels.onednn;

import java.util.Arrays;
import java.util.Optional;

/**
 * One way to compute a kernel.
 *
 * @param layout of its activations
 * @param implementation oneDNN's name for the code, or one of the words below
 */
record Way(Layout layout, String implementation) {
  /** The first implementation that is more than oneDNN's reference. */
  static final String FAST = "fast";

  /** The first implementation that is written for a channel a group. */
  static final String DEPTHWISE = "depthwise";

  /** Convoy's own kernel. */
  static final String OWN = "convoy";

  /** The first implementation, whatever it is. */
  static final String ANY = "any";

  static Way fast(Layout layout) {
    return new Way(layout, FAST);
  }

  /** Reads what {@link #toString} wrote; empty if this version does not know it. */
  static Optional<Way> of(String text) {
    String[] words = text.split(" ", 2);
    return Arrays.stream(Layout.values())
        .filter(layout -> layout.word().equals(words[0]))
        .findFirst()
        .map(layout -> new Way(layout, words.length == 2 ? words[1] : FAST));
  }

  /** Whether an implementation of this name will do. */
  boolean takes(String name) {
    return switch (implementation) {
      case ANY -> true;
      case DEPTHWISE -> name.contains("_dw:");
      case FAST -> !name.startsWith("ref");
      default -> name.equals(implementation);
    };
  }

  /** For example {@code blocked jit:avx512_core}. */
  @Override
  public String toString() {
    return layout.word() + " " + implementation;
  }
}
