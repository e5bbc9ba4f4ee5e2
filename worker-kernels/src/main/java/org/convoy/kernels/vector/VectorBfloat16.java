package org.convoy.kernels.vector;

/**
 * float32 numbers rounded to bfloat16: to nearest, ties to even; NaN stays NaN. Every variant of
 * the library gives the same bits. Runs on the calling thread.
 *
 * <p>n numbers are packed into h = (n + 1) / 2 words of 32 bits: word i holds number i in its lower
 * half and number h + i in its upper half. Addresses are those of the first float or word.
 */
public final class VectorBfloat16 {
  private VectorBfloat16() {}

  /** Whether the library is loaded; without it the others are refused. */
  public static boolean available() {
    return VectorLibrary.isLoaded();
  }

  /** Rounds numbers in place; their lower halves are zero then. */
  public static void round(long numbers, long count) {
    VectorLibrary.require(false);
    VectorCalls.bfloat16Round(numbers, count);
  }

  /**
   * Rounds and packs numbers.
   *
   * @param words may be numbers
   */
  public static void pack(long numbers, long words, long count) {
    VectorLibrary.require(false);
    VectorCalls.bfloat16Pack(numbers, words, count);
  }

  /**
   * Unpacks numbers.
   *
   * @param numbers may be words
   */
  public static void unpack(long words, long numbers, long count) {
    VectorLibrary.require(false);
    VectorCalls.bfloat16Unpack(words, numbers, count);
  }
}
