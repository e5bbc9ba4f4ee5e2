package org.convoy.kernels.onednn;

import java.util.Optional;
import org.convoy.kernels.Precision;

/** How the activations around a kernel lie in memory. */
enum Layout {
  /** Channels in blocks of a vector register, each block's positions together. */
  BLOCKED("blocked"),
  /** All channels of a position together. */
  CHANNELS_LAST("channels-last"),
  /** Left to oneDNN. */
  FREE("free");

  private final String word;

  /**
   * The layout of convolutions that were not timed. Kernels on tiles read channels last, and are
   * eight times as fast as kernels on blocks without tiles. Elsewhere blocks are faster.
   */
  static Layout rule(Precision precision) {
    return precision == Precision.BFLOAT16 && InstructionSet.effective().tiles()
        ? CHANNELS_LAST
        : BLOCKED;
  }

  /** How a dense tensor lies, if it does so in one of the two; vectors have their channels last. */
  static Optional<Layout> of(Natives natives, Desc desc) {
    long[] dims = desc.dimensions();
    boolean vectors = dims.length == 2;
    if (desc.sameAs(
        vectors
            ? Desc.plain(natives, dims, desc.type())
            : Desc.channelsLast(natives, dims, desc.type()))) {
      return Optional.of(CHANNELS_LAST);
    }
    return !vectors && desc.sameAs(Desc.laid(natives, dims, desc.type(), BLOCKED))
        ? Optional.of(BLOCKED)
        : Optional.empty();
  }

  /** The other of the two layouts that a choice is between. */
  Layout other() {
    return this == BLOCKED ? CHANNELS_LAST : BLOCKED;
  }

  Layout(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
