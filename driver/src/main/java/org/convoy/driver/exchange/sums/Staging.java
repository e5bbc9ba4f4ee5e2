package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Native memory in which other executors' partial sums wait to be added. It is reused in every
 * step.
 */
final class Staging implements AutoCloseable {

  private Optional<INDArray> array = Optional.empty();

  /** Memory for at least {@code count} floats. Earlier contents are lost. */
  Floats floats(long count) {
    if (array.isEmpty() || array.get().length() < count) {
      close();
      array = Optional.of(Nd4j.createUninitialized(DataType.FLOAT, count));
    }
    return Floats.of(array.get());
  }

  @Override
  public void close() {
    array.ifPresent(INDArray::close);
    array = Optional.empty();
  }
}
