package org.convoy.kernels.onednn;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.kernels.plan.Program;

/** Writes numbers into memory before a program runs. */
final class Constants {
  /** A byte that makes 0.75 in float32 and in bfloat16. */
  private static final int ORDINARY = 0x3F;

  private Constants() {}

  /**
   * Writes what is known when a plan is compiled.
   *
   * @param home the beginning of {@link org.convoy.kernels.plan.Home#CONSTANTS}
   */
  static void fill(Program<?> program, BytePointer home) {
    program
        .constants()
        .forEach(
            (buffer, values) -> {
              if (!buffer.used()) {
                return;
              }
              FloatPointer place = new FloatPointer(home.getPointer(buffer.offset()));
              for (int i = 0; i < values.length; i++) {
                place.put(i, (float) values[i]);
              }
            });
  }

  /**
   * Fills memory with numbers that kernels may be timed on: processors are many times slower on
   * denormal ones, which come about where kernels are executed out of turn.
   */
  static void fillWithOrdinary(Pointer memory, long bytes) {
    Pointer.memset(memory, ORDINARY, bytes);
  }
}
