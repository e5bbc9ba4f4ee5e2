package org.convoy.driver.doctor;

import java.util.Comparator;
import java.util.List;

/** Rules about the executors themselves, their connections and clocks. */
final class NetworkRules {
  private static final double SLOW_NETWORK = 100e6;
  private static final double SLOW_MESSAGE = 2e-3;

  /** Kerberos refuses five minutes; logs of hosts cannot be compared long before. */
  private static final double CLOCK_SECONDS = 2;

  /** These rules. */
  static final List<Rule> ALL =
      List.of(
          NetworkRules::missing,
          NetworkRules::unconnected,
          NetworkRules::clocks,
          NetworkRules::slowLinks);

  private NetworkRules() {}

  private static List<Finding> missing(Cluster cluster, List<HostReport> reports) {
    if (reports.size() >= cluster.wanted()) {
      return List.of();
    }
    return List.of(
        Finding.fault(
            List.of(),
            Findings.text(
                "%d executors are alive of %d asked for", reports.size(), cluster.wanted()),
            Findings.text("free resources of the cluster, or --executors %d", reports.size())));
  }

  private static List<Finding> unconnected(Cluster cluster, List<HostReport> reports) {
    return Findings.faults(
        reports,
        report -> report.network().failure(),
        "executors cannot connect to each other: ",
        "open TCP ports 28400 to 28416 between the hosts, and --conf"
            + " spark.convoy.exchange.port=28400");
  }

  private static List<Finding> clocks(Cluster cluster, List<HostReport> reports) {
    return Findings.warnings(
        Findings.where(
            reports, report -> Math.abs(report.network().clockSeconds()) > CLOCK_SECONDS),
        report ->
            Findings.text(
                "the clock is %.1f s %s that of %s",
                Math.abs(report.network().clockSeconds()),
                report.network().clockSeconds() > 0 ? "ahead of" : "behind",
                reports.get(0).host()),
        "synchronise the clock: timedatectl set-ntp true");
  }

  private static List<Finding> slowLinks(Cluster cluster, List<HostReport> reports) {
    return Findings.warnings(
        Findings.where(
            reports,
            report ->
                report.network().links().stream()
                    .anyMatch(
                        link ->
                            link.rate() < SLOW_NETWORK || link.latencySeconds() > SLOW_MESSAGE)),
        report ->
            report.network().links().stream()
                .max(Comparator.comparingDouble(HostReport.Link::latencySeconds))
                .map(
                    link ->
                        Findings.text(
                            "a message to %s takes %.1f ms, and %.0f MB per second get there",
                            reports.get(link.rank()).host(),
                            1e3 * link.latencySeconds(),
                            link.rate() / 1e6))
                .orElseThrow(),
        "--set exchange.combine=bfloat16-sum, or place the executors in one rack");
  }
}
