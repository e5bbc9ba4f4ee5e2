package org.convoy.driver.spark;

import java.util.OptionalInt;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** The GPU that Spark gives a task. */
public final class TaskGpu {
  private TaskGpu() {}

  /** Its number among those that the task's process sees, if it has one. */
  public static OptionalInt of(TaskContext task) {
    ResourceInformation given = task.resourcesJMap().get(Executors.GPU);
    return given == null
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(given.addresses()[0].strip()));
  }
}
