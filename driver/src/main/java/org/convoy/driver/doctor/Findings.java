package org.convoy.driver.doctor;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Applies all rules, and the forms that rules have in common. */
final class Findings {
  private static final List<Rule> RULES =
      Stream.of(NetworkRules.ALL, StorageRules.ALL, MemoryRules.ALL, GpuRules.ALL, ComputeRules.ALL)
          .flatMap(List::stream)
          .toList();

  private Findings() {}

  /** All findings, faults first. */
  static List<Finding> of(Cluster cluster, List<HostReport> reports) {
    return RULES.stream()
        .flatMap(rule -> rule.apply(cluster, reports).stream())
        .sorted(Comparator.comparing(Finding::severity))
        .toList();
  }

  /** A fault for each text that is not empty, with all hosts that say it. */
  static List<Finding> faults(
      List<HostReport> reports, Function<HostReport, String> failure, String what, String remedy) {
    Map<String, List<HostReport>> by =
        where(reports, report -> !failure.apply(report).isEmpty()).stream()
            .collect(Collectors.groupingBy(failure, LinkedHashMap::new, Collectors.toList()));
    return by.entrySet().stream()
        .map(each -> Finding.fault(hosts(each.getValue()), what + each.getKey(), remedy))
        .toList();
  }

  /** A warning for each text, with all hosts that it is true of. */
  static List<Finding> warnings(
      List<HostReport> reports, Function<HostReport, String> what, String remedy) {
    Map<String, List<HostReport>> by =
        reports.stream()
            .collect(Collectors.groupingBy(what, LinkedHashMap::new, Collectors.toList()));
    return by.entrySet().stream()
        .map(each -> Finding.warning(hosts(each.getValue()), each.getKey(), remedy))
        .toList();
  }

  /** One warning if the executors' values are not all equal. */
  static List<Finding> different(
      List<HostReport> reports, Function<HostReport, String> value, String what, String remedy) {
    Map<String, List<HostReport>> by =
        reports.stream()
            .collect(Collectors.groupingBy(value, LinkedHashMap::new, Collectors.toList()));
    if (by.size() < 2) {
      return List.of();
    }
    String values =
        by.entrySet().stream()
            .map(each -> String.join(", ", hosts(each.getValue())) + ": " + each.getKey())
            .collect(Collectors.joining("; "));
    return List.of(Finding.warning(hosts(reports), what + values, remedy));
  }

  static List<HostReport> where(List<HostReport> reports, Predicate<HostReport> is) {
    return reports.stream().filter(is).toList();
  }

  static List<String> hosts(List<HostReport> reports) {
    return reports.stream().map(HostReport::host).distinct().sorted().toList();
  }

  static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
