package org.convoy.driver.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.convoy.kernels.Machine;

/** Rules about what executors compute with: Java, native kernels, threads and processors. */
final class ComputeRules {

  /** These rules. */
  static final List<Rule> ALL =
      List.of(
          ComputeRules::kernelsNotLoaded,
          ComputeRules::differentMachines,
          ComputeRules::differentJava,
          ComputeRules::withoutOwnKernels,
          ComputeRules::threads,
          ComputeRules::processors,
          ComputeRules::hugePages,
          ComputeRules::fileNames);

  private ComputeRules() {}

  private static List<Finding> kernelsNotLoaded(Cluster cluster, List<HostReport> reports) {
    return Findings.faults(
        reports,
        HostReport::kernelsFailure,
        "the native libraries cannot be loaded: ",
        "give executors a folder that allows execution: --conf"
            + " spark.executor.extraJavaOptions=-Djava.io.tmpdir=DIR; on other platforms than"
            + " linux-x86_64 build the jar with -Dnative.platform=");
  }

  private static List<Finding> differentMachines(Cluster cluster, List<HostReport> reports) {
    return Findings.different(
        reports,
        report -> describe(report.machine()),
        "executors compute with different processors, kernels or threads, so that the weights"
            + " depend on who computed what: ",
        cluster.placement());
  }

  private static List<Finding> differentJava(Cluster cluster, List<HostReport> reports) {
    return Findings.different(
        reports,
        report -> report.java().version(),
        "executors run different versions of Java: ",
        "--conf spark.executorEnv.JAVA_HOME=DIR");
  }

  private static List<Finding> withoutOwnKernels(Cluster cluster, List<HostReport> reports) {
    return Findings.warnings(
        Findings.where(
            reports,
            report ->
                report.kernelsFailure().isEmpty()
                    && report.machine().kernels().equals(Machine.NO_KERNELS)),
        report -> "Convoy's own kernels are not in the jar for this processor, which makes it slow",
        "build the jar on linux-x86_64 with g++ on the PATH");
  }

  private static List<Finding> threads(Cluster cluster, List<HostReport> reports) {
    return Findings.warnings(
        Findings.where(
            reports,
            report ->
                report.kernelsFailure().isEmpty() && report.machine().threads() != report.cores()),
        report ->
            Findings.text(
                "kernels run on %d threads, and the executor has %d cores",
                report.machine().threads(), report.cores()),
        Findings.text("--conf spark.executorEnv.OMP_NUM_THREADS=%d", cluster.size().cores()));
  }

  private static List<Finding> processors(Cluster cluster, List<HostReport> reports) {
    Function<HostReport, Double> there =
        report ->
            report.limits().processors() > 0
                ? Math.min(report.limits().processors(), report.limits().visibleProcessors())
                : report.limits().visibleProcessors();
    List<HostReport> crowded =
        Findings.where(reports, report -> report.cores() > there.apply(report));
    double least = crowded.stream().mapToDouble(there::apply).min().orElse(1);
    return Findings.warnings(
        crowded,
        report ->
            Findings.text(
                "the executor has %d cores, and the process may use %.1f processors",
                report.cores(), there.apply(report)),
        Findings.text("--cores %d", Math.max(1, (int) least)));
  }

  private static List<Finding> hugePages(Cluster cluster, List<HostReport> reports) {
    List<Finding> findings =
        new ArrayList<>(
            Findings.warnings(
                Findings.where(reports, report -> report.limits().hugePages().equals("never")),
                report -> "transparent huge pages are off, which costs up to a tenth of the speed",
                "as root: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"));
    findings.addAll(
        Findings.warnings(
            Findings.where(
                reports,
                report ->
                    report.limits().hugePages().equals("madvise")
                        && !report.limits().allocator().contains("glibc.malloc.hugetlb=1")),
            report -> "native memory does not ask for huge pages",
            "--conf spark.executorEnv.GLIBC_TUNABLES=glibc.malloc.hugetlb=1"));
    return findings;
  }

  private static List<Finding> fileNames(Cluster cluster, List<HostReport> reports) {
    return Findings.warnings(
        Findings.where(reports, report -> !report.java().fileNames().equalsIgnoreCase("UTF-8")),
        report ->
            "file names are read as " + report.java().fileNames() + ", so that letters are lost",
        "--conf spark.executorEnv.LC_ALL=C.UTF-8");
  }

  private static String describe(Machine machine) {
    return Findings.text(
        "%s, %s, kernels for %s, %d threads, %s",
        machine.processor(),
        machine.instructions(),
        machine.kernels(),
        machine.threads(),
        machine.library());
  }
}
