package org.convoy.driver.training;

import java.util.Optional;
import org.convoy.graph.Parameters;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The weights of the best epoch so far, if the recipe asks for them. Every executor keeps them.
 * Checkpoints hold them too, so a resumed run has them.
 */
final class BestWeights implements AutoCloseable {
  private final Optional<INDArray> room;
  private boolean kept;

  /**
   * @param wanted whether the recipe asks for them
   */
  BestWeights(boolean wanted, Parameters layout) {
    this.room =
        wanted ? Optional.of(Nd4j.create(DataType.FLOAT, layout.length())) : Optional.empty();
  }

  /** Keeps a copy of these weights instead of the earlier ones. */
  void keep(INDArray weights) {
    room.ifPresent(vector -> vector.assign(weights));
    kept = true;
  }

  /** The memory into which a checkpoint's best weights are read. They are kept from then on. */
  Optional<INDArray> restored() {
    kept = true;
    return room;
  }

  /** The weights; empty if they are not wanted or no epoch has been validated yet. */
  Optional<INDArray> kept() {
    return kept ? room : Optional.empty();
  }

  @Override
  public void close() {
    room.ifPresent(INDArray::close);
  }
}
