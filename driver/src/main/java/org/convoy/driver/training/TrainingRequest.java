package org.convoy.driver.training;

import java.util.Locale;
import org.convoy.driver.config.Recipe;
import org.convoy.settings.RequestException;

/**
 * The user's request in addition to the recipe.
 *
 * @param output folder of the run, a Hadoop path
 * @param executors the number of executors that should take part, at least 1
 * @param resume whether to resume from the folder's last checkpoint
 */
public record TrainingRequest(String output, int executors, boolean resume) {

  /**
   * Checks what can be checked without a cluster.
   *
   * @throws RequestException if there are more executors than groups of micro-batches, or fewer
   *     than the recipe needs
   */
  public void check(Recipe recipe) {
    int groups = recipe.groups();
    if (executors < 1 || executors > groups) {
      boolean single = groups == recipe.batch().microBatches();
      throw new RequestException(
          String.format(
              Locale.ROOT,
              single
                  ? "--executors is %d, expected 1 to %d: each executor needs a micro-batch of its own (batch.micro-batches = %d)"
                  : "--executors is %d, expected 1 to %d: each executor needs a group of micro-batches of its own (exchange.groups = %d)",
              executors,
              groups,
              groups));
    }
    int minimum = recipe.executors().minimum();
    if (executors < minimum) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "--executors is %d, expected at least executors.minimum = %d",
              executors,
              minimum));
    }
  }
}
