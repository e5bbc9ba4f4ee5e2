package org.convoy.driver.doctor;

import java.util.List;
import java.util.stream.Collectors;
import org.convoy.driver.evaluation.NativeBudget.Part;

/** Rules about the GPUs that Spark gives executors. */
final class GpuRules {
  private static final long MIB = 1L << 20;

  /** These rules. */
  static final List<Rule> ALL =
      List.of(GpuRules::cannotBeUsed, GpuRules::differentGpus, GpuRules::memoryOfRecipe);

  private GpuRules() {}

  private static List<Finding> cannotBeUsed(Cluster cluster, List<HostReport> reports) {
    return Findings.faults(
        reports,
        report -> report.gpu().failure(),
        "the GPU cannot be used: ",
        "install NVIDIA's driver, NVRTC and cuDNN 9, and name their folders where the loader does"
            + " not look: --conf spark.executorEnv.LD_LIBRARY_PATH=DIR");
  }

  private static List<Finding> differentGpus(Cluster cluster, List<HostReport> reports) {
    return Findings.different(
        Findings.where(reports, report -> report.gpu().failure().isEmpty()),
        report -> describe(report.gpu()),
        "executors compute with different GPUs or libraries, so that the weights depend on who"
            + " computed what: ",
        cluster.placement());
  }

  private static List<Finding> memoryOfRecipe(Cluster cluster, List<HostReport> reports) {
    long needed = cluster.gpuDemand().stream().mapToLong(Part::bytes).sum();
    List<HostReport> small =
        Findings.where(
            reports,
            report -> !report.gpu().name().isEmpty() && report.gpu().memoryBytes() < needed);
    return small.isEmpty()
        ? List.of()
        : List.of(
            Finding.fault(
                Findings.hosts(small),
                Findings.text(
                    "an executor of the recipe needs %d MiB of its GPU's memory (%s), and %s has"
                        + " %d",
                    (needed + MIB - 1) / MIB,
                    cluster.gpuDemand().stream()
                        .map(Part::toString)
                        .collect(Collectors.joining(", ")),
                    small.get(0).gpu().name(),
                    small.get(0).gpu().memoryBytes() / MIB),
                "--set batch.micro-batch-size to less, or --set activation-checkpointing=blocks"));
  }

  private static String describe(GpuFacts gpu) {
    return gpu.name().isEmpty()
        ? "none"
        : Findings.text("%s (%s), %s", gpu.name(), gpu.architecture(), gpu.libraries());
  }
}
