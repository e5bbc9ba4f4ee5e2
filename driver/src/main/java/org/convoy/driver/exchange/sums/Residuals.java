package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A float32 vector for each of an executor's groups, zero at first; a checkpoint holds them. */
final class Residuals implements AutoCloseable {

  private final String name;
  private final int firstGroup;
  private final List<INDArray> vectors = new ArrayList<>();
  private final List<Floats> memory = new ArrayList<>();

  /**
   * @param name of the state in checkpoints
   * @param own this executor's groups
   */
  Residuals(String name, MicroBatches own, long length) {
    this.name = name;
    this.firstGroup = own.from();
    for (int group = 0; group < own.count(); group++) {
      INDArray vector = Nd4j.create(DataType.FLOAT, length);
      vectors.add(vector);
      memory.add(Floats.of(vector));
    }
  }

  /** The native bytes that vectors of this length take. */
  static long bytes(MicroBatches own, long length) {
    return Float.BYTES * length * own.count();
  }

  /** The vector of a group, by its number among the executor's groups. */
  Floats of(int group) {
    return memory.get(group);
  }

  /** Gives each element a value. */
  Residuals fill(float value) {
    vectors.forEach(vector -> vector.assign(value));
    return this;
  }

  List<Combiner.State> state() {
    List<Combiner.State> state = new ArrayList<>();
    for (int group = 0; group < vectors.size(); group++) {
      state.add(new Combiner.State(name, firstGroup + group, vectors.get(group)));
    }
    return state;
  }

  @Override
  public void close() {
    vectors.forEach(INDArray::close);
  }
}
