package org.convoy.engines.dl4j;

import org.deeplearning4j.spark.api.TrainingMaster;

/** How one of DL4J's masters is used: how far it trains at a time, and what it leaves behind. */
interface Rounds extends AutoCloseable {
  TrainingMaster<?, ?> master();

  /** The number of steps of one call of fit. */
  long steps();

  /** Whether workers count iterations from 0 in each round, and not over the whole run. */
  boolean restart();

  /** Whether the master says how large the loss was. */
  boolean tellsLoss();

  /** Removes what the master has on the driver and on the executors. */
  @Override
  void close();
}
