package org.convoy.kernels.onednn;

/** How the activations around a kernel lie in memory. */
enum Layout {
  /** Channels in blocks of a vector register, each block's positions together. */
  BLOCKED("blocked"),
  /** All channels of a position together. */
  CHANNELS_LAST("channels-last"),
  /** Left to oneDNN. */
  FREE("free");

  private final String word;

  Layout(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
