package org.convoy.driver.doctor;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Something that stops a run, or makes it slower or less certain than it could be.
 *
 * @param severity what it means for a run
 * @param hosts where it was found; empty for the cluster as a whole
 * @param problem what is wrong, with the measured value
 * @param remedy the setting or command that mends it
 */
public record Finding(Severity severity, List<String> hosts, String problem, String remedy) {

  /** What a finding means for a run. */
  public enum Severity {
    /** A run would fail. */
    @JsonProperty("fault")
    FAULT,
    /** A run would be slow, or would depend on which executor computes what. */
    @JsonProperty("warning")
    WARNING
  }

  /** Copies the hosts. */
  public Finding {
    hosts = List.copyOf(hosts);
  }

  static Finding fault(List<String> hosts, String problem, String remedy) {
    return new Finding(Severity.FAULT, hosts, problem, remedy);
  }

  static Finding warning(List<String> hosts, String problem, String remedy) {
    return new Finding(Severity.WARNING, hosts, problem, remedy);
  }
}
