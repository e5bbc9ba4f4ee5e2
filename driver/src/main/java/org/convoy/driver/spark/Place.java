package org.convoy.driver.spark;

import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.exchange.wire.MeshSettings;

/** Where a task runs, among the tasks that run the same work. */
public interface Place {

  /** This task's number, from 0. */
  int rank();

  /** How many tasks there are. */
  int size();

  /** Cores that the task may use. */
  int cores();

  /** Spark's id of the executor. */
  String executorId();

  /** The host that it runs on. */
  String host();

  /** How file systems are reached. */
  Configuration hadoop();

  /** How executors reach each other. */
  MeshSettings mesh();

  /** Whether the task was told to stop, so that what fails now is only a consequence. */
  boolean stopped();

  /**
   * Gives one text, waits for everybody's, and returns them in the order of ranks.
   *
   * @throws IllegalStateException if the tasks do not run at the same time
   */
  String[] allGather(String text);

  /**
   * Tells the driver something at once.
   *
   * @throws IllegalStateException if the driver does not listen to these tasks
   */
  void tell(String message);
}
