package org.convoy.jobs;

import java.util.Optional;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ContainerId;

/**
 * The YARN application master, in which the driver runs in cluster mode. If it dies, YARN starts
 * another attempt of the same application, at most {@code spark.yarn.maxAppAttempts} in all.
 */
final class ApplicationMaster {
  /** YARN sets it in every container. */
  private static final String CONTAINER = "CONTAINER_ID";

  private ApplicationMaster() {}

  /** Whether this process is one. */
  static boolean isHere() {
    return "yarn".equals(System.getProperty("spark.master"))
        && inCluster()
        && System.getenv(CONTAINER) != null;
  }

  /**
   * Whether the driver runs on a node of the cluster, so that its working directory ends with it.
   */
  static boolean isDriverInCluster() {
    return inCluster() || Boolean.getBoolean("spark.kubernetes.submitInDriver");
  }

  private static boolean inCluster() {
    return "cluster".equals(System.getProperty("spark.submit.deployMode"));
  }

  /** This attempt, or empty if this is not an application master. */
  static Optional<ApplicationAttemptId> attempt() {
    return isHere()
        ? Optional.ofNullable(System.getenv(CONTAINER))
            .map(container -> ContainerId.fromString(container).getApplicationAttemptId())
        : Optional.empty();
  }
}
