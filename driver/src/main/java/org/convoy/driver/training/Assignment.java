package org.convoy.driver.training;

import java.io.IOException;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an executor keeps for the micro-batches that it was dealt. Micro-batches that are dealt anew
 * need another one, which takes its state from a checkpoint.
 *
 * @param descent the optimizer's part, with its state
 * @param statistics counts statistics for weights that are means of others; empty if the recipe has
 *     none
 * @param step takes the steps
 */
record Assignment(Descent descent, Optional<FreshStatistics> statistics, GlobalStep step)
    implements AutoCloseable {

  /** The weights that are validated and saved, with the statistics that belong to them. */
  INDArray evaluated(long done) throws IOException, InterruptedException {
    INDArray vector = descent.evaluated(done);
    return statistics.isPresent() && statistics.get().wantedFor(descent.averages(done))
        ? statistics.get().of(vector, done)
        : vector;
  }

  @Override
  public void close() {
    descent.close();
    statistics.ifPresent(FreshStatistics::close);
  }
}
