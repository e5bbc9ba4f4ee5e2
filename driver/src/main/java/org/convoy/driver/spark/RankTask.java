package org.convoy.driver.spark;

import java.io.IOException;
import java.io.Serializable;

/**
 * Work that is done once by each of a number of tasks. It travels to the executors.
 *
 * @param <R> what a task returns; it travels back
 */
@FunctionalInterface
public interface RankTask<R> extends Serializable {
  /** Does this place's part. */
  R run(Place place) throws IOException, InterruptedException;
}
