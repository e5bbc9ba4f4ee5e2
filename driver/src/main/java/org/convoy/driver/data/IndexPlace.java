package org.convoy.driver.data;

/** Where the index of the training split is. */
public enum IndexPlace {
  /** In the memory of the driver and of each executor; samples go by class and name. */
  MEMORY,
  /** In files beside the output; samples go by shard and place. */
  FILES
}
