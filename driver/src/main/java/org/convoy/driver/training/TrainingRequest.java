package org.convoy.driver.training;

import java.util.Locale;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RequestException;

/**
 * What the user asks for beside the recipe.
 *
 * @param output folder of the run, a Hadoop path
 * @param executors that should take part, at least 1
 * @param resume whether to go on from the folder's last checkpoint
 */
public record TrainingRequest(String output, int executors, boolean resume) {

  /**
   * Checks what can be checked without a cluster.
   *
   * @throws RequestException if there are more executors than micro-batches
   */
  public void check(Recipe recipe) {
    int microBatches = recipe.batch().microBatches();
    if (executors < 1 || executors > microBatches) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "--executors is %d, expected 1 to %d: each executor needs a micro-batch of its own (batch.micro-batches = %d)",
              executors,
              microBatches,
              microBatches));
    }
  }
}
