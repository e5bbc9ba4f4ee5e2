package org.convoy.kernels.onednn;

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
   * The layout of convolutions that nobody timed. Kernels with tiles read channels last, and are
   * eight times as fast as blocked ones without; elsewhere blocked ones lead.
   */
  static Layout rule(Precision precision) {
    return precision == Precision.BFLOAT16 && InstructionSet.effective().tiles()
        ? CHANNELS_LAST
        : BLOCKED;
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
