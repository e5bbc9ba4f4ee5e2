package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A float32 vector with canaries in memory on both sides, which nobody may touch. */
final class GuardedVector implements AutoCloseable {
  /** Elements on each side; whole cache lines. */
  private static final int GUARD = 64;

  private static final float CANARY = -12345.5f;

  private final FloatPointer memory;
  private final INDArray array;

  GuardedVector(INDArray values) {
    long length = values.length();
    memory = new FloatPointer(length + 2 * GUARD);
    for (int i = 0; i < GUARD; i++) {
      memory.put(i, CANARY);
      memory.put(GUARD + length + i, CANARY);
    }
    DataBuffer inner = Nd4j.createBuffer(memory.getPointer(GUARD), length, DataType.FLOAT);
    array = Nd4j.create(inner, new long[] {length});
    array.assign(values);
  }

  /** The vector within; not a view as far as ND4J knows. */
  INDArray array() {
    return array;
  }

  void assertCanariesLive(String what) {
    for (int i = 0; i < GUARD; i++) {
      assertEquals(CANARY, memory.get(i), what + ": canary in front");
      assertEquals(CANARY, memory.get(GUARD + array.length() + i), what + ": canary behind");
    }
  }

  @Override
  public void close() {
    memory.deallocate();
  }
}
