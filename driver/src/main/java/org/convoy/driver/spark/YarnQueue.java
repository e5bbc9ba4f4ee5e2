package org.convoy.driver.spark;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.QueueInfo;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** What YARN says of the queue of an application. */
final class YarnQueue {
  private YarnQueue() {}

  /** One line; empty if YARN does not answer, or does not answer this process. */
  static Optional<String> describe(String applicationId, Configuration hadoop) {
    try (YarnClient yarn = YarnClient.createYarnClient()) {
      yarn.init(new YarnConfiguration(hadoop));
      yarn.start();
      ApplicationReport report = yarn.getApplicationReport(ApplicationId.fromString(applicationId));
      QueueInfo queue = yarn.getQueueInfo(report.getQueue());
      if (queue == null) {
        return Optional.empty();
      }
      return Optional.of(
          String.format(
              Locale.ROOT,
              "YARN's queue %s uses %.0f%% of its capacity, at most %.0f%% of the cluster",
              report.getQueue(),
              100 * queue.getCurrentCapacity(),
              100 * queue.getMaximumCapacity()));
    } catch (IOException | YarnException | RuntimeException e) {
      // This is only an explanation. With Kerberos an application master may not ask.
      return Optional.empty();
    }
  }
}
