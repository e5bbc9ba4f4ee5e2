package org.convoy.driver.training;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.convoy.driver.checkpoint.StateKey;
import org.convoy.driver.exchange.sums.Combiner;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The state of optimizers and combiners by the names that checkpoints give it. */
final class DescentState {
  private DescentState() {}

  /**
   * What an executor saves. Of what every executor holds, part p is taken where {@code p mod size
   * == rank}.
   *
   * @param owned the chunks of each share
   * @param steps done so far
   */
  static Map<StateKey, INDArray> of(
      Combiner combiner, List<OwnedChunks> owned, long steps, int rank, int size) {
    Map<StateKey, INDArray> state = new HashMap<>();
    for (Combiner.Share share : combiner.shares()) {
      String of = share.group().isPresent() ? "group-" + share.group().getAsInt() + "." : "";
      OwnedChunks mine = owned.get(share.number());
      for (String name : mine.stateNames()) {
        mine.state(name)
            .forEach(
                (chunk, array) -> {
                  if (!share.everywhere() || chunk % size == rank) {
                    state.put(new StateKey(of + name, chunk), array);
                  }
                });
      }
    }
    for (Combiner.State each : combiner.state(steps)) {
      if (!each.everywhere() || each.part() % size == rank) {
        state.put(new StateKey("exchange." + each.name(), each.part()), each.array());
      }
    }
    return state;
  }
}
