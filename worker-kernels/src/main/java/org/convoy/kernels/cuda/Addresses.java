package org.convoy.kernels.cuda;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Native memory by its address. */
public final class Addresses {

  /** A pointer that owns nothing. */
  private static final class At extends Pointer {
    At(long address) {
      this.address = address;
    }
  }

  private Addresses() {}

  /** The memory at an address, which its owner frees. */
  public static BytePointer at(long address) {
    return new BytePointer(new At(address));
  }

  /** A text of C's at an address; empty for address 0. */
  public static String text(long address) {
    return address == 0 ? "" : at(address).getString();
  }
}
