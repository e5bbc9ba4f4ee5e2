package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.convoy.driver.exchange.sums.SumTree.Node;
import org.convoy.driver.exchange.sums.TreeSums.Operand;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Machine;
import org.convoy.kernels.vector.VectorSums;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Sums in one pass against the same sums in steps, and Convoy's own kernels against the loops. */
class TreeSumsTest {

  private static final int CANARY = 0x7f123456;

  /** Computes a sum. */
  private interface Sum {
    void of(WireFormat format, List<Operand> operands, Floats result, long to, int count);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, FLOAT32",
    "1, 17, BFLOAT16",
    "2, 1, BFLOAT16",
    "2, 2, BFLOAT16",
    "3, 13, FLOAT32",
    "3, 1025, BFLOAT16",
    "5, 1023, FLOAT32",
    "7, 8193, BFLOAT16",
    "8, 4097, FLOAT32",
    "70, 33, BFLOAT16",
    "130, 1056, BFLOAT16"
  })
  void sumsInTheOrderOfTheTree(int leaves, int count, WireFormat format) {
    assertSums(leaves, count, format, TreeSums::sumInJava);
    assumeTrue(
        !Backends.get("onednn").machine().kernels().equals(Machine.NO_KERNELS),
        "needs kernels of Convoy's own");
    assertTrue(VectorSums.available());
    assertSums(leaves, count, format, TreeSums::sum);
  }

  /** Every second operand is packed; the sum is tried in a place of its own and in operands'. */
  private static void assertSums(int leaves, int count, WireFormat format, Sum sum) {
    List<Node> nodes = IntStream.range(0, leaves).mapToObj(i -> new Node(i, i + 1)).toList();
    List<Integer> additions = new SumTree(leaves).additions(nodes);
    int[][] numbers = new int[leaves][];
    SplittableRandom random = new SplittableRandom(31L * leaves + count);
    for (int leaf = 0; leaf < leaves; leaf++) {
      numbers[leaf] = IntStream.range(0, count).map(i -> drawn(random)).toArray();
    }
    int[] expected = byDefinition(0, leaves, numbers, format);
    for (int place : new int[] {-1, 0, (leaves - 1) / 2 * 2}) {
      List<INDArray> arrays = new ArrayList<>();
      List<Operand> operands = new ArrayList<>();
      for (int leaf = 0; leaf < leaves; leaf++) {
        INDArray array = guarded(count);
        arrays.add(array);
        Floats memory = Floats.of(array);
        memory.bits(1, count).put(0, numbers[leaf]);
        boolean packed = leaf % 2 == 1;
        if (packed) {
          format.pack(memory, 1, memory, 1, count);
        }
        operands.add(new Operand(memory, 1, packed, additions.get(leaf)));
      }
      INDArray own = guarded(count);
      arrays.add(own);
      Floats result = place < 0 ? Floats.of(own) : operands.get(place).memory();
      sum.of(format, operands, result, 1, count);
      int[] got = new int[count];
      result.bits(1, count).get(0, got);
      assertArrayEquals(expected, got, "the sum in place " + place);
      for (INDArray array : arrays) {
        assertEquals(CANARY, Floats.of(array).bits(0, 1).get(0), "before");
        assertEquals(CANARY, Floats.of(array).bits(1L + count, 1).get(0), "behind");
      }
      arrays.forEach(INDArray::close);
    }
  }

  private static INDArray guarded(int count) {
    INDArray array = Nd4j.zeros(DataType.FLOAT, count + 2L);
    Floats.of(array).bits(0, 1).put(0, CANARY);
    Floats.of(array).bits(1L + count, 1).put(0, CANARY);
    return array;
  }

  private static int[] byDefinition(int from, int to, int[][] numbers, WireFormat format) {
    int[] sum = numbers[from].clone();
    if (to - from > 1) {
      int middle = from + SumTree.split(to - from);
      int[] left = byDefinition(from, middle, numbers, format);
      int[] right = byDefinition(middle, to, numbers, format);
      for (int i = 0; i < sum.length; i++) {
        float added = Float.intBitsToFloat(left[i]) + Float.intBitsToFloat(right[i]);
        sum[i] = Float.floatToRawIntBits(added);
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] = format == WireFormat.BFLOAT16 ? Bfloat16.rounded(sum[i]) : sum[i];
    }
    return sum;
  }

  /** Of all magnitudes at which a sum of many stays finite: which NaN a sum is, is not defined. */
  private static int drawn(SplittableRandom random) {
    int bits = random.nextInt();
    int exponent = random.nextInt(4) == 0 ? random.nextInt(240) : 120 + random.nextInt(8);
    return (bits & 0x807fffff) | exponent << 23;
  }
}
