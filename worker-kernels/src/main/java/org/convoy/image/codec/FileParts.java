package org.convoy.image.codec;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;

/**
 * The parts of a file that a decoder gets, in their order. Nothing is copied until it is needed.
 */
final class FileParts {
  private final byte[] file;
  private final List<Part> parts = new ArrayList<>();
  private int length;

  private record Part(int from, int length) {}

  FileParts(byte[] file) {
    this.file = file;
  }

  /** Adds the bytes from {@code from} to before {@code end}. */
  void add(int from, int end) {
    parts.add(new Part(from, end - from));
    length += end - from;
  }

  /** The number of bytes of all parts. */
  int length() {
    return length;
  }

  /** Writes all parts to the start of native memory. */
  void copyTo(BytePointer memory) {
    long at = 0;
    for (Part part : parts) {
      memory.position(at).put(file, part.from, part.length);
      at += part.length;
    }
    memory.position(0);
  }

  /** All parts as one array. */
  byte[] toArray() {
    byte[] all = new byte[length];
    int at = 0;
    for (Part part : parts) {
      System.arraycopy(file, part.from, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
