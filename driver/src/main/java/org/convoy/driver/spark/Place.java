package org.convoy.driver.spark;

import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.exchange.wire.MeshSettings;

/** The place of a task among the tasks of the same work. */
public interface Place {

  /** This task's number, from 0. */
  int rank();

  /** The number of tasks. */
  int size();

  /** The number of cores that the task may use. */
  int cores();

  /** Spark's id of the executor. */
  String executorId();

  /** Whether the executor is a process of its own, and not the driver. */
  boolean ownProcess();

  /** The host that it runs on. */
  String host();

  /** The settings by which file systems are reached. */
  Configuration hadoop();

  /** The settings by which executors reach each other. */
  MeshSettings mesh();

  /** Whether the task was told to stop; failures after that are only a consequence. */
  boolean stopped();

  /**
   * Sends one text, waits for the texts of all tasks, and returns them in the order of ranks.
   *
   * @throws IllegalStateException if the tasks do not run at the same time
   */
  String[] allGather(String text);

  /**
   * Sends the driver a message at once.
   *
   * @throws IllegalStateException if the driver does not listen to these tasks
   */
  void tell(String message);

  /**
   * Sends the driver a message and waits for its answer.
   *
   * @throws IllegalStateException if the driver does not listen to these tasks
   * @throws RuntimeException if the driver is gone
   */
  String ask(String message);
}
