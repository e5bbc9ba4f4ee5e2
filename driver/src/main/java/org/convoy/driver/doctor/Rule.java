package org.convoy.driver.doctor;

import java.util.List;

/** Looks at one matter in the reports of all executors. */
@FunctionalInterface
interface Rule {

  /**
   * What is wrong in this matter, with hosts, measured value and remedy; empty if nothing is.
   *
   * @param reports in the order of ranks
   */
  List<Finding> apply(Cluster cluster, List<HostReport> reports);
}
