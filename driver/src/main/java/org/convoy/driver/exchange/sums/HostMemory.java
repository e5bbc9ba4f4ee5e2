package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The vectors are where they are read and written. */
final class HostMemory implements VectorMemory {

  @Override
  public Optional<Accumulator> accumulator() {
    return Optional.empty();
  }

  @Override
  public void hold(INDArray vector) {
    // The array is the vector.
  }

  @Override
  public void release(INDArray vector) {
    // The array is the vector.
  }

  @Override
  public Runnable fetch(INDArray vector, long from, long to) {
    return () -> {};
  }

  @Override
  public void send(INDArray vector, long from, long to) {
    // The array is the vector.
  }
}
