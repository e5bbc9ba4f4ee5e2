package org.convoy.driver.spark;

/** Is told of events in a running barrier stage, on Spark's threads. */
public interface StageListener {

  /** A task sent the driver a message. */
  void told(String message);

  /** A task sent the driver a message and waits for the answer. */
  String asked(String message);

  /**
   * An executor is lost.
   *
   * @param executorId Spark's id of the executor
   * @param reason the reason that Spark states
   */
  void lost(String executorId, String reason);
}
