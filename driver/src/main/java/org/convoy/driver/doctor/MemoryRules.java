package org.convoy.driver.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.convoy.driver.evaluation.NativeBudget;

/** Rules about the memory that executors may take. */
final class MemoryRules {
  private static final long MIB = 1L << 20;

  /** These rules. */
  static final List<Rule> ALL =
      List.of(
          MemoryRules::memoryOfRecipe, MemoryRules::memoryOfContainer, MemoryRules::memoryOfHost);

  private MemoryRules() {}

  /** Masters that do not watch memory grant what the host has. */
  private static List<Finding> memoryOfRecipe(Cluster cluster, List<HostReport> reports) {
    if (cluster.demand().isEmpty() || !cluster.size().watched()) {
      return List.of();
    }
    NativeBudget demand = cluster.demand().get();
    long has = cluster.size().overheadBytes();
    return demand.bytes() <= has
        ? List.of()
        : List.of(
            Finding.fault(
                Findings.hosts(reports),
                Findings.text(
                    "an executor of the recipe needs %d MiB beside its Java heap, and has %d: it"
                        + " would be killed",
                    (demand.bytes() + MIB - 1) / MIB, has / MIB),
                "--conf "
                    + demand.setting()
                    + " (deploy/convoy train sets it where no setting does)"));
  }

  private static List<Finding> memoryOfContainer(Cluster cluster, List<HostReport> reports) {
    long granted = cluster.size().heapBytes() + cluster.size().overheadBytes();
    List<HostReport> small =
        Findings.where(
            reports,
            report ->
                report.limits().memoryBytes() >= 0 && report.limits().memoryBytes() < granted);
    return small.isEmpty()
        ? List.of()
        : List.of(
            Finding.fault(
                Findings.hosts(small),
                Findings.text(
                    "the control group allows %d MiB, and heap and overhead are %d MiB",
                    small.get(0).limits().memoryBytes() / MIB, granted / MIB),
                Findings.text(
                    "raise the container's limit to %dm, or lower spark.executor.memory and"
                        + " spark.executor.memoryOverhead",
                    granted / MIB)));
  }

  private static List<Finding> memoryOfHost(Cluster cluster, List<HostReport> reports) {
    long beside =
        Math.max(
            cluster.size().overheadBytes(), cluster.demand().map(NativeBudget::bytes).orElse(0L));
    long granted = cluster.size().heapBytes() + beside;
    Map<String, List<HostReport>> byHost =
        reports.stream()
            .collect(Collectors.groupingBy(HostReport::host, TreeMap::new, Collectors.toList()));
    List<Finding> findings = new ArrayList<>();
    byHost.forEach(
        (host, there) -> {
          long physical = there.get(0).limits().physicalBytes();
          if (physical >= 0 && there.size() * granted > physical) {
            findings.add(
                Finding.fault(
                    List.of(host),
                    Findings.text(
                        "%d executors of %d MiB each do not fit into the host's %d MiB",
                        there.size(), granted / MIB, physical / MIB),
                    Findings.text(
                        "--conf spark.executor.memory=%dm", physical / MIB / 2 / there.size())));
          }
        });
    return findings;
  }
}
