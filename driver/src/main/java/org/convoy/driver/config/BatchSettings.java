package org.convoy.driver.config;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * The global batch: a fixed number of micro-batches for any number of executors.
 *
 * @param microBatches micro-batches per global batch (M), which is also the most executors that can
 *     take part
 * @param microBatchSize images per micro-batch (b); batch statistics are computed per micro-batch;
 *     0: as many as executors have memory for, which is decided when a run begins
 */
public record BatchSettings(int microBatches, @OrAuto int microBatchSize) implements Serializable {

  /** Checks the rules. */
  public BatchSettings {
    new Checks()
        .atLeast("micro-batches", microBatches, 1)
        .that(
            microBatchSize >= 0,
            "micro-batch-size",
            "expected at least 1, or auto, got " + microBatchSize)
        .that(
            (long) microBatches * microBatchSize <= Integer.MAX_VALUE,
            "micro-batches",
            "expected a global batch of at most 2^31 - 1 images, got "
                + (long) microBatches * microBatchSize,
            "micro-batch-size")
        .done();
  }

  /** Whether the micro-batch size is still to be decided. */
  public boolean isAuto() {
    return microBatchSize == 0;
  }

  /** Images in a global batch, M times b. */
  public int globalSize() {
    return microBatches * microBatchSize;
  }
}
