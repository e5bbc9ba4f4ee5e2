package org.convoy.driver.doctor;

import java.util.List;
import org.convoy.driver.doctor.Finding.Severity;

/**
 * The answers of all executors and what was found in them.
 *
 * @param wanted the number of executors that Spark was asked for
 * @param executors in the order of ranks; empty if the stage failed
 * @param findings faults first
 * @param seconds that it took
 */
public record Examination(
    int wanted, List<HostReport> executors, List<Finding> findings, double seconds) {

  /** Copies the lists. */
  public Examination {
    executors = List.copyOf(executors);
    findings = List.copyOf(findings);
  }

  static Examination of(Cluster cluster, List<HostReport> executors, double seconds) {
    return new Examination(cluster.wanted(), executors, Findings.of(cluster, executors), seconds);
  }

  /** Of a stage that failed. */
  static Examination failed(Cluster cluster, String why, double seconds) {
    Finding failure =
        Finding.fault(
            List.of(),
            "the executors did not finish a barrier stage: " + why,
            "read the executors' logs; they need Java 17 and Convoy's jar: --conf"
                + " spark.executorEnv.JAVA_HOME=DIR");
    return new Examination(cluster.wanted(), List.of(), List.of(failure), seconds);
  }

  /** Whether a run would not fail for what was examined. */
  public boolean sound() {
    return findings.stream().noneMatch(finding -> finding.severity() == Severity.FAULT);
  }
}
