package org.convoy.driver.training;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.convoy.driver.checkpoint.StateKey;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory for a copy of the state that training changes, so that a checkpoint can be written from
 * the copy while training goes on. It is allocated by the first copy and used again by later ones.
 */
final class StateCopy implements AutoCloseable {
  private final Map<StateKey, INDArray> owned = new HashMap<>();
  private Optional<INDArray> parameters = Optional.empty();

  /**
   * Copies a state, the weights of the best epoch left out: training does not change them within an
   * epoch. The copy is valid until the next call.
   */
  RunState of(RunState state) {
    parameters = state.parameters().map(vector -> copy(parameters, vector));
    Map<StateKey, INDArray> copied = new HashMap<>();
    state
        .owned()
        .forEach((key, array) -> copied.put(key, copy(Optional.ofNullable(owned.get(key)), array)));
    // What the next checkpoint does not hold is not kept for it.
    owned.forEach(
        (key, array) -> {
          if (copied.get(key) != array) {
            array.close();
          }
        });
    owned.clear();
    owned.putAll(copied);
    return new RunState(state.step(), parameters, state.best(), copied);
  }

  private static INDArray copy(Optional<INDArray> room, INDArray array) {
    INDArray target =
        room.filter(there -> there.length() == array.length())
            .orElseGet(() -> Nd4j.createUninitialized(array.dataType(), array.length()));
    target.assign(array);
    return target;
  }

  @Override
  public void close() {
    parameters.ifPresent(INDArray::close);
    owned.values().forEach(INDArray::close);
  }
}
