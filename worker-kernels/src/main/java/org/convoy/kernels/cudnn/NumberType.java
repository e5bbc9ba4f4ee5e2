package org.convoy.kernels.cudnn;

/** What a tensor's numbers are. The order is that of {@code loadAs} in {@code device.cuh}. */
enum NumberType {
  FLOAT32(4, "float32"),
  BFLOAT16(2, "bfloat16");

  private final int bytes;
  private final String word;

  NumberType(int bytes, String word) {
    this.bytes = bytes;
    this.word = word;
  }

  int bytes() {
    return bytes;
  }

  /** As kernels' names end. */
  String word() {
    return word;
  }
}
