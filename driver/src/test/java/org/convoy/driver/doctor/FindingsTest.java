package org.convoy.driver.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.convoy.driver.doctor.Finding.Severity;
import org.convoy.driver.doctor.HostReport.JavaFacts;
import org.convoy.driver.doctor.HostReport.Link;
import org.convoy.driver.doctor.HostReport.Network;
import org.convoy.driver.doctor.HostReport.Storage;
import org.convoy.driver.evaluation.NativeBudget;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.kernels.Machine;
import org.junit.jupiter.api.Test;

/** Two healthy hosts, and what each disease of the second one gives. */
final class FindingsTest {
  private static final long GIB = 1L << 30;
  private static final JavaFacts JAVA =
      new JavaFacts("17.0.9", "V", GIB, "UTF-8", List.of("-Xmx1g"));
  private static final Machine MACHINE = new Machine("P", "avx512", "avx512", 4, "oneDNN 3");
  private static final ProcessLimits LIMITS =
      new ProcessLimits(8 * GIB, 32 * GIB, 4, 8, "madvise", "glibc.malloc.hugetlb=1", 65536);
  private static final Storage TEMP = new Storage("/tmp", 20 * GIB, 500e6, 2e9, "");
  private static final Storage OUTPUT = new Storage("hdfs:/out", 20 * GIB, 500e6, 2e9, "");
  private static final Network NETWORK =
      new Network("a:1", 0.001, List.of(new Link(0, 1e-4, 1e9)), "");

  private final Cluster cluster =
      new Cluster("yarn", 2, new ExecutorSize(4, GIB, 3 * GIB, true), Optional.empty(), List.of());

  @Test
  void healthyHostsGiveNoFinding() {
    assertEquals(List.of(), with(healthy("b")));
  }

  @Test
  void aMissingExecutor() {
    Finding finding = only(Findings.of(cluster, List.of(healthy("a"))));
    assertEquals(Severity.FAULT, finding.severity());
    assertEquals("1 executors are alive of 2 asked for", finding.problem());
    assertTrue(finding.remedy().contains("--executors 1"), finding::toString);
  }

  @Test
  void executorsThatCannotConnect() {
    fault(network(Network.failed("rank 0 did not answer")), "rank 0 did not answer", "28400");
  }

  @Test
  void nativeLibrariesThatCannotBeLoaded() {
    Machine bare = new Machine("P", "avx512", "avx512", 4, "oneDNN 3");
    HostReport report = report("b", JAVA, bare, "noexec", LIMITS, TEMP, OUTPUT, "", NETWORK);
    fault(report, "noexec", "java.io.tmpdir");
  }

  @Test
  void dataOutputAndTemporaryFolder() {
    fault(
        report("b", JAVA, MACHINE, "", LIMITS, TEMP, OUTPUT, "no file:/data", NETWORK),
        "no file:/data",
        "data.uri=hdfs:");
    fault(
        report("b", JAVA, MACHINE, "", LIMITS, TEMP, Storage.failed("o", "denied"), "", NETWORK),
        "denied",
        "--out");
    fault(temp(Storage.failed("/tmp", "read-only")), "read-only", "java.io.tmpdir");
    fault(temp(new Storage("/tmp", 100L << 20, 5e8, 5e8, "")), "100 MiB free", "java.io.tmpdir");
    warning(temp(new Storage("/tmp", GIB, 5e6, 5e8, "")), "5.0 MB per second", "java.io.tmpdir");
    warning(
        report(
            "b",
            JAVA,
            MACHINE,
            "",
            LIMITS,
            TEMP,
            new Storage("s3a:o", GIB, 2e6, 2e6, ""),
            "",
            NETWORK),
        "s3a:o takes 2.0 MB",
        "every-steps");
  }

  @Test
  void aContainerSmallerThanWhatWasGranted() {
    ProcessLimits small =
        new ProcessLimits(3 * GIB, 32 * GIB, 4, 8, "madvise", "glibc.malloc.hugetlb=1", 65536);
    fault(limits(small), "allows 3072 MiB, and heap and overhead are 4096 MiB", "4096m");
  }

  @Test
  void aHostWithoutRoomForItsExecutors() {
    ProcessLimits host =
        new ProcessLimits(-1, 3 * GIB, 4, 8, "madvise", "glibc.malloc.hugetlb=1", 65536);
    fault(limits(host), "1 executors of 4096 MiB each", "spark.executor.memory");
  }

  @Test
  void processors() {
    ProcessLimits quota =
        new ProcessLimits(-1, 32 * GIB, 2.5, 8, "madvise", "glibc.malloc.hugetlb=1", 65536);
    warning(limits(quota), "4 cores, and the process may use 2.5", "--cores 2");
    Machine one = new Machine("P", "avx512", "avx512", 1, "oneDNN 3");
    List<Finding> findings = with(report("b", JAVA, one, "", LIMITS, TEMP, OUTPUT, "", NETWORK));
    assertEquals(2, findings.size(), findings::toString);
    assertTrue(findings.get(0).remedy().contains("nodeLabelExpression"), findings::toString);
    assertTrue(findings.get(1).remedy().contains("OMP_NUM_THREADS=4"), findings::toString);
  }

  @Test
  void memoryThatTheRecipeNeeds() {
    ExecutorSize size = new ExecutorSize(4, GIB, 3 * GIB, true);
    List<HostReport> hosts = List.of(healthy("a"), healthy("b"));
    NativeBudget fits = new NativeBudget(List.of(new NativeBudget.Part("plans", 3 * GIB)));
    assertEquals(
        List.of(), Findings.of(new Cluster("yarn", 2, size, Optional.of(fits), List.of()), hosts));
    NativeBudget more = new NativeBudget(List.of(new NativeBudget.Part("plans", 4 * GIB)));
    Finding finding =
        only(Findings.of(new Cluster("yarn", 2, size, Optional.of(more), List.of()), hosts));
    assertEquals(Severity.FAULT, finding.severity());
    assertTrue(finding.problem().contains("needs 4096 MiB beside its Java heap, and has 3072"));
    assertTrue(finding.remedy().contains("spark.executor.memoryOverhead=4096m"));
    // Nothing watches there, but the host has to have the room.
    NativeBudget most = new NativeBudget(List.of(new NativeBudget.Part("plans", 40 * GIB)));
    ExecutorSize free = new ExecutorSize(4, GIB, 0, false);
    List<Finding> found =
        Findings.of(new Cluster("spark://m:7077", 2, free, Optional.of(most), List.of()), hosts);
    assertTrue(
        found.stream().anyMatch(each -> each.problem().contains("do not fit into the host's")),
        found::toString);
  }

  @Test
  void gpus() {
    GpuFacts card = new GpuFacts("NVIDIA H100", "sm_90", 80 * GIB, "550.1", "cuDNN 9.8", "");
    GpuFacts other = new GpuFacts("NVIDIA A100", "sm_80", 40 * GIB, "550.1", "cuDNN 9.8", "");
    GpuFacts broken = new GpuFacts("", "", HostReport.UNKNOWN, "", "", "no libcudnn.so.9");
    List<NativeBudget.Part> fits = List.of(new NativeBudget.Part("training", 60 * GIB));
    Cluster demanding = new Cluster("yarn", 2, cluster.size(), Optional.empty(), fits);
    List<HostReport> equal = List.of(gpu("a", card), gpu("b", card));
    assertEquals(List.of(), Findings.of(demanding, equal));
    Finding unusable = only(Findings.of(cluster, List.of(gpu("a", card), gpu("b", broken))));
    assertEquals(Severity.FAULT, unusable.severity());
    assertTrue(unusable.problem().contains("no libcudnn.so.9"), unusable::toString);
    List<Finding> found = Findings.of(demanding, List.of(gpu("a", card), gpu("b", other)));
    assertEquals(2, found.size(), found::toString);
    assertEquals(
        "an executor of the recipe needs 61440 MiB of its GPU's memory (training 61440 MiB), and"
            + " NVIDIA A100 has 40960",
        found.get(0).problem());
    assertTrue(
        found.get(1).problem().contains("a: NVIDIA H100 (sm_90), cuDNN 9.8; b: NVIDIA A100"),
        found::toString);
  }

  private HostReport gpu(String host, GpuFacts facts) {
    HostReport without = healthy(host);
    return new HostReport(
        without.rank(),
        without.executorId(),
        host,
        without.cores(),
        JAVA,
        MACHINE,
        "",
        LIMITS,
        TEMP,
        OUTPUT,
        "",
        NETWORK,
        facts);
  }

  @Test
  void theDriverStatesItsVersion() {
    assertEquals(
        "550.54.15",
        GpuFacts.version(
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC"));
    assertEquals(
        "570.86.10",
        GpuFacts.version(
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.10  Release Build"));
    assertEquals("", GpuFacts.version("nothing"));
  }

  @Test
  void withoutOwnKernels() {
    Machine bare = new Machine("P", "avx512", Machine.NO_KERNELS, 4, "oneDNN 3");
    List<Finding> findings = with(report("b", JAVA, bare, "", LIMITS, TEMP, OUTPUT, "", NETWORK));
    assertTrue(
        findings.stream().anyMatch(each -> each.remedy().contains("g++")), findings::toString);
  }

  @Test
  void hugePages() {
    warning(
        limits(new ProcessLimits(-1, -1, 4, 8, "never", "glibc.malloc.hugetlb=1", -1)),
        "huge pages are off",
        "echo madvise");
    warning(
        limits(new ProcessLimits(-1, -1, 4, 8, "madvise", "", -1)),
        "does not ask for huge pages",
        "GLIBC_TUNABLES=glibc.malloc.hugetlb=1");
  }

  @Test
  void javaAndItsCharset() {
    JavaFacts other = new JavaFacts("21.0.1", "V", GIB, "UTF-8", List.of());
    warning(java(other), "a: 17.0.9; b: 21.0.1", "JAVA_HOME");
    JavaFacts ascii = new JavaFacts("17.0.9", "V", GIB, "ANSI_X3.4-1968", List.of());
    warning(java(ascii), "ANSI_X3.4-1968", "LC_ALL=C.UTF-8");
  }

  @Test
  void clocksAndLinks() {
    warning(network(new Network("b:1", -90, List.of(), "")), "90.0 s behind that of a", "set-ntp");
    warning(
        network(new Network("b:1", 0, List.of(new Link(0, 5e-3, 1e9)), "")),
        "to a takes 5.0 ms",
        "bfloat16-sum");
    warning(
        network(new Network("b:1", 0, List.of(new Link(0, 1e-4, 1e7)), "")),
        "10 MB per second",
        "bfloat16-sum");
  }

  @Test
  void fewFiles() {
    ProcessLimits few = new ProcessLimits(-1, -1, 4, 8, "always", "", 1024);
    warning(limits(few), "may open 1024 files", "ulimit -n");
  }

  @Test
  void equalFindingsAreOneForAllHosts() {
    ProcessLimits never = new ProcessLimits(-1, -1, 4, 8, "never", "", -1);
    HostReport a = report("a", JAVA, MACHINE, "", never, TEMP, OUTPUT, "", NETWORK);
    HostReport b = report("b", JAVA, MACHINE, "", never, TEMP, OUTPUT, "", NETWORK);
    assertEquals(List.of("a", "b"), only(Findings.of(cluster, List.of(a, b))).hosts());
  }

  @Test
  void faultsComeFirst() {
    ProcessLimits never = new ProcessLimits(-1, -1, 4, 8, "never", "", -1);
    List<Finding> findings =
        with(report("b", JAVA, MACHINE, "", never, TEMP, OUTPUT, "no data", NETWORK));
    assertEquals(
        List.of(Severity.FAULT, Severity.WARNING),
        findings.stream().map(Finding::severity).toList());
  }

  @Test
  void secretsAreLeftOutOfAReport() {
    List<String> options = List.of("-Xmx1g", "-Dtruststore.password=p=q", "-Dfs.s3a.access.key=k");
    assertEquals(
        List.of("-Xmx1g", "-Dtruststore.password=(left out)", "-Dfs.s3a.access.key=(left out)"),
        new JavaFacts("17.0.9", "V", GIB, "UTF-8", options).arguments());
  }

  @Test
  void aReportSurvivesItsWayToTheDriver() {
    assertEquals(healthy("b"), HostReport.decode(healthy("b").encode()));
  }

  private void fault(HostReport second, String problem, String remedy) {
    expect(Severity.FAULT, second, problem, remedy);
  }

  private void warning(HostReport second, String problem, String remedy) {
    expect(Severity.WARNING, second, problem, remedy);
  }

  private void expect(Severity severity, HostReport second, String problem, String remedy) {
    Finding finding = only(with(second));
    assertEquals(severity, finding.severity());
    assertTrue(finding.hosts().contains("b"), finding::toString);
    assertTrue(finding.problem().contains(problem), finding::toString);
    assertTrue(finding.remedy().contains(remedy), finding::toString);
  }

  private static Finding only(List<Finding> findings) {
    assertEquals(1, findings.size(), findings::toString);
    return findings.get(0);
  }

  private List<Finding> with(HostReport second) {
    return Findings.of(cluster, List.of(healthy("a"), second));
  }

  private static HostReport healthy(String host) {
    return java(host, JAVA);
  }

  private static HostReport java(JavaFacts java) {
    return java("b", java);
  }

  private static HostReport java(String host, JavaFacts java) {
    return report(host, java, MACHINE, "", LIMITS, TEMP, OUTPUT, "", NETWORK);
  }

  private static HostReport limits(ProcessLimits limits) {
    return report("b", JAVA, MACHINE, "", limits, TEMP, OUTPUT, "", NETWORK);
  }

  private static HostReport temp(Storage temp) {
    return report("b", JAVA, MACHINE, "", LIMITS, temp, OUTPUT, "", NETWORK);
  }

  private static HostReport network(Network network) {
    return report("b", JAVA, MACHINE, "", LIMITS, TEMP, OUTPUT, "", network);
  }

  private static HostReport report(
      String host,
      JavaFacts java,
      Machine machine,
      String kernelsFailure,
      ProcessLimits limits,
      Storage temp,
      Storage output,
      String dataFailure,
      Network network) {
    return new HostReport(
        host.equals("a") ? 0 : 1,
        host,
        host,
        4,
        java,
        machine,
        kernelsFailure,
        limits,
        temp,
        output,
        dataFailure,
        network,
        GpuFacts.NONE);
  }
}
