package org.convoy.driver.exchange.sums;

import java.nio.IntBuffer;
import org.convoy.kernels.vector.VectorBfloat16;

/**
 * Rounds float32 numbers to bfloat16 (8 bits of significand), to nearest, ties to even. NaN stays
 * NaN.
 *
 * <p>n numbers are packed into (n + 1) / 2 words of 32 bits. With h = (n + 1) / 2, word i holds
 * number i in its lower half and number h + i in its upper half. So all loops are over neighbours
 * and words of one size, which the compiler turns into vector instructions.
 *
 * <p>Convoy's own kernels do the same, bit for bit, several times as fast; the loops are for
 * executors that lack them.
 */
final class Bfloat16 {

  /** Numbers that are handled at a time, so that scratch memory stays in the first cache. */
  private static final int PIECE = 4096;

  private static final int UPPER = 0xffff0000;
  private static final int INFINITY = 0x7f800000;

  /** Scratch memory of a thread. */
  private static final ThreadLocal<int[][]> SCRATCH =
      ThreadLocal.withInitial(() -> new int[2][PIECE]);

  private Bfloat16() {}

  /** The words of 32 bits that some numbers are packed into. */
  static int packed(int count) {
    return (count + 1) / 2;
  }

  /** The bits of a float32, rounded: the lower half is zero. */
  static int rounded(int bits) {
    // All ones for a NaN, whose bits may not be carried over into the sign.
    int nan = (INFINITY - (bits & 0x7fffffff)) >> 31;
    int up = (0x7fff + ((bits >>> 16) & 1)) & ~nan;
    return ((bits + up) | (nan & 0x00400000)) & UPPER;
  }

  /** Rounds numbers in place. */
  static void round(Floats memory, long from, int count) {
    if (VectorBfloat16.available()) {
      VectorBfloat16.round(memory.address(from), count);
    } else {
      roundInJava(memory, from, count);
    }
  }

  static void roundInJava(Floats memory, long from, int count) {
    int[] numbers = SCRATCH.get()[0];
    IntBuffer bits = memory.bits(from, count);
    for (int at = 0; at < count; at += PIECE) {
      int n = Math.min(PIECE, count - at);
      bits.get(at, numbers, 0, n);
      for (int i = 0; i < n; i++) {
        numbers[i] = rounded(numbers[i]);
      }
      bits.put(at, numbers, 0, n);
    }
  }

  /** Rounds and packs numbers; the target may begin where the source does. */
  static void pack(Floats source, long start, Floats target, long to, int count) {
    if (VectorBfloat16.available()) {
      VectorBfloat16.pack(source.address(start), target.address(to), count);
    } else {
      packInJava(source, start, target, to, count);
    }
  }

  static void packInJava(Floats source, long start, Floats target, long to, int count) {
    int[] lower = SCRATCH.get()[0];
    int[] upper = SCRATCH.get()[1];
    int words = packed(count);
    IntBuffer numbers = source.bits(start, count);
    IntBuffer packed = target.bits(to, words);
    for (int at = 0; at < words; at += PIECE) {
      int n = Math.min(PIECE, words - at);
      int pairs = Math.min(n, count - words - at);
      numbers.get(at, lower, 0, n);
      if (pairs > 0) {
        numbers.get(words + at, upper, 0, pairs);
      }
      for (int i = 0; i < pairs; i++) {
        lower[i] = (rounded(lower[i]) >>> 16) | rounded(upper[i]);
      }
      if (pairs < n) {
        lower[pairs] = rounded(lower[pairs]) >>> 16;
      }
      packed.put(at, lower, 0, n);
    }
  }

  /** Unpacks numbers; the target may begin where the source does. */
  static void unpack(Floats source, long start, Floats target, long to, int count) {
    if (VectorBfloat16.available()) {
      VectorBfloat16.unpack(source.address(start), target.address(to), count);
    } else {
      unpackInJava(source, start, target, to, count);
    }
  }

  /** Keeps one half of words, each as the float32 number that it stands for. */
  static void half(int[] words, boolean upper, int n) {
    for (int i = 0; i < n; i++) {
      words[i] = upper ? words[i] & UPPER : words[i] << 16;
    }
  }

  static void unpackInJava(Floats source, long start, Floats target, long to, int count) {
    int[] lower = SCRATCH.get()[0];
    int[] upper = SCRATCH.get()[1];
    int words = packed(count);
    IntBuffer packed = source.bits(start, words);
    IntBuffer numbers = target.bits(to, count);
    for (int at = 0; at < words; at += PIECE) {
      int n = Math.min(PIECE, words - at);
      int pairs = Math.min(n, count - words - at);
      packed.get(at, lower, 0, n);
      for (int i = 0; i < n; i++) {
        upper[i] = lower[i] & UPPER;
        lower[i] = lower[i] << 16;
      }
      numbers.put(at, lower, 0, n);
      if (pairs > 0) {
        numbers.put(words + at, upper, 0, pairs);
      }
    }
  }
}
