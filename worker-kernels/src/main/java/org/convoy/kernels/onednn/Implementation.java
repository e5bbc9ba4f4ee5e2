package org.convoy.kernels.onednn;

import java.util.Arrays;
import java.util.Optional;

/**
 * One implementation of a kernel.
 *
 * @param layout of its activations
 * @param code oneDNN's name for it, or one of the words below
 */
record Implementation(Layout layout, String code) {
  /** The first implementation that is more than oneDNN's reference. */
  static final String FAST = "fast";

  /** The first implementation that is written for a channel a group. */
  static final String DEPTHWISE = "depthwise";

  /** Convoy's own kernel. */
  static final String OWN = "convoy";

  /** The first implementation, whatever it is. */
  static final String ANY = "any";

  static Implementation fast(Layout layout) {
    return new Implementation(layout, FAST);
  }

  /** Reads what {@link #toString} wrote; empty if this version does not know it. */
  static Optional<Implementation> of(String text) {
    String[] words = text.split(" ", 2);
    return Arrays.stream(Layout.values())
        .filter(layout -> layout.word().equals(words[0]))
        .findFirst()
        .map(layout -> new Implementation(layout, words.length == 2 ? words[1] : FAST));
  }

  /** Whether oneDNN's implementation of this name is one of these. */
  boolean takes(String name) {
    return switch (code) {
      case ANY -> true;
      case DEPTHWISE -> name.contains("_dw:");
      case FAST -> !name.startsWith("ref");
      default -> name.equals(code);
    };
  }

  /** For example {@code blocked jit:avx512_core}. */
  @Override
  public String toString() {
    return layout.word() + " " + code;
  }
}
