package org.convoy.driver.spark;

import java.io.IOException;
import java.io.Serializable;

/**
 * Work that each of a number of tasks does once. It is sent to the executors.
 *
 * @param <R> the result of a task; it is sent back
 */
@FunctionalInterface
public interface RankTask<R> extends Serializable {
  /** Does the part of this place. */
  R run(Place place) throws IOException, InterruptedException;
}
