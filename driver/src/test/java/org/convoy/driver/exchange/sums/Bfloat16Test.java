package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Machine;
import org.convoy.kernels.vector.VectorBfloat16;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class Bfloat16Test {

  /** To nearest, ties to even, by exact arithmetic on the two neighbours. */
  private static float byDefinition(float value) {
    int bits = Float.floatToRawIntBits(value);
    float below = Float.intBitsToFloat(bits & 0xffff0000);
    float above = Float.intBitsToFloat((bits & 0xffff0000) + 0x10000);
    double toBelow = Math.abs((double) value - below);
    // Past the largest finite number the next one would be 2^128.
    double next = Float.isInfinite(above) ? Math.copySign(0x1p128, value) : above;
    double toAbove = Math.abs(next - value);
    boolean even = (bits & 0x10000) == 0;
    return toBelow < toAbove || (toBelow == toAbove && even) ? below : above;
  }

  @Test
  void roundsToNearest() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 1_000_000; i++) {
      int bits = i % 3 == 0 ? (random.nextInt() & 0xffff0000) | 0x8000 : random.nextInt();
      float value = Float.intBitsToFloat(bits);
      if (Float.isNaN(value) || Float.isInfinite(value)) {
        continue;
      }
      float rounded = Float.intBitsToFloat(Bfloat16.rounded(bits));
      assertEquals(byDefinition(value), rounded, () -> "of " + Integer.toHexString(bits));
    }
  }

  @Test
  void keepsWhatIsNotANumber() {
    for (int nan : new int[] {0x7fffffff, 0xffffffff, 0x7f800001, 0xffc00000, 0x7fc00000}) {
      assertTrue(
          Float.isNaN(Float.intBitsToFloat(Bfloat16.rounded(nan))), Integer.toHexString(nan));
    }
    for (float value :
        new float[] {0f, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1f, -1.5f}) {
      int bits = Float.floatToRawIntBits(value);
      assertEquals(bits, Bfloat16.rounded(bits), () -> "of " + value);
    }
    int largest = Float.floatToRawIntBits(Float.MAX_VALUE);
    assertEquals(Float.POSITIVE_INFINITY, Float.intBitsToFloat(Bfloat16.rounded(largest)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 13, 4096, 8191, 8192, 8193, 16385})
  void unpacksWhatItPacked(int count) {
    float[] values = Gradients.of(7, count + 3);
    float[] rounded = values.clone();
    for (int i = 2; i < count + 2; i++) {
      rounded[i] = byDefinition(values[i]);
    }
    try (INDArray source = Nd4j.createFromArray(values);
        INDArray packed = Nd4j.valueArrayOf(count + 3L, 99f);
        INDArray target = source.dup()) {
      Bfloat16.pack(Floats.of(source), 2, Floats.of(packed), 1, count);
      assertEquals(99f, packed.getFloat(0));
      assertEquals(99f, packed.getFloat(1 + Bfloat16.packed(count)), "nothing behind the words");
      assertArrayEquals(values, source.toFloatVector(), "the source stays");
      Bfloat16.unpack(Floats.of(packed), 1, Floats.of(target), 2, count);
      assertArrayEquals(rounded, target.toFloatVector());

      target.assign(source);
      Floats place = Floats.of(target);
      Bfloat16.pack(place, 2, place, 2, count);
      Bfloat16.unpack(place, 2, place, 2, count);
      assertArrayEquals(rounded, target.toFloatVector(), "in one place");

      Bfloat16.round(Floats.of(source), 2, count);
      assertArrayEquals(rounded, source.toFloatVector(), "without packing");
    }
  }

  /** Executors with and without Convoy's own kernels must send the same bytes. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 33, 4097, 70001})
  void theKernelsGiveTheBitsOfTheLoops(int count) {
    assumeTrue(
        !Backends.get("onednn").machine().kernels().equals(Machine.NO_KERNELS),
        "needs kernels of Convoy's own");
    assertTrue(VectorBfloat16.available());
    int[] bits = new int[count];
    int[] others = new int[count];
    SplittableRandom random = new SplittableRandom(count);
    for (int i = 0; i < count; i++) {
      bits[i] = drawn(random);
      others[i] = drawn(random);
    }
    assertSame(
        bits,
        (at, other) -> Bfloat16.round(at, 1, count),
        (at, other) -> Bfloat16.roundInJava(at, 1, count),
        others);
    assertSame(
        bits,
        (at, other) -> Bfloat16.pack(at, 1, at, 1, count),
        (at, other) -> Bfloat16.packInJava(at, 1, at, 1, count),
        others);
    assertSame(
        bits,
        (at, other) -> Bfloat16.pack(at, 1, other, 1, count),
        (at, other) -> Bfloat16.packInJava(at, 1, other, 1, count),
        others);
    assertSame(
        bits,
        (at, other) -> Bfloat16.unpack(at, 1, at, 1, count),
        (at, other) -> Bfloat16.unpackInJava(at, 1, at, 1, count),
        others);
    assertSame(
        bits,
        (at, other) -> Bfloat16.unpack(at, 1, other, 1, count),
        (at, other) -> Bfloat16.unpackInJava(at, 1, other, 1, count),
        others);
  }

  /** Any bits, and often infinities, numbers of other kinds and ones in the middle of two. */
  private static int drawn(SplittableRandom random) {
    int bits = random.nextInt();
    return switch (random.nextInt(5)) {
      case 0 -> (bits & 0xffff0000) | 0x8000;
      case 1 -> bits & 0x807fffff;
      case 2 -> (bits & 0x80000000) | 0x7f800000;
      default -> bits;
    };
  }

  /** Both change the same two vectors to the same ones. */
  private static void assertSame(
      int[] bits, BiConsumer<Floats, Floats> one, BiConsumer<Floats, Floats> other, int[] others) {
    List<int[]> results = new ArrayList<>();
    for (BiConsumer<Floats, Floats> each : List.of(one, other)) {
      try (INDArray first = Nd4j.zeros(DataType.FLOAT, bits.length + 2L);
          INDArray second = Nd4j.zeros(DataType.FLOAT, bits.length + 2L)) {
        Floats.of(first).bits(1, bits.length).put(0, bits);
        Floats.of(second).bits(1, bits.length).put(0, others);
        each.accept(Floats.of(first), Floats.of(second));
        int[] all = new int[2 * bits.length + 4];
        int[] half = new int[bits.length + 2];
        Floats.of(first).bits(0, half.length).get(0, half);
        System.arraycopy(half, 0, all, 0, half.length);
        Floats.of(second).bits(0, half.length).get(0, half);
        System.arraycopy(half, 0, all, half.length, half.length);
        results.add(all);
      }
    }
    assertArrayEquals(results.get(0), results.get(1));
  }
}
