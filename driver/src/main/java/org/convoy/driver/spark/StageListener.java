package org.convoy.driver.spark;

/** Hears of a barrier stage under way; on Spark's threads. */
public interface StageListener {

  /** A task told the driver something. */
  void told(String message);

  /**
   * An executor is gone.
   *
   * @param executorId Spark's id of it
   * @param reason Spark's words
   */
  void lost(String executorId, String reason);
}
