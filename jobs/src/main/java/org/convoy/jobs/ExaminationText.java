package org.convoy.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;
import org.convoy.driver.doctor.Examination;
import org.convoy.driver.doctor.Finding;
import org.convoy.driver.doctor.GpuFacts;
import org.convoy.driver.doctor.HostReport;
import org.convoy.driver.doctor.HostReport.Storage;
import org.convoy.driver.doctor.ProcessLimits;
import org.convoy.driver.monitor.Printable;
import org.convoy.kernels.Machine;

/** The words of {@code convoy doctor}: a paragraph per executor, then the findings. */
final class ExaminationText {
  private static final double MEGA = 1e6;
  private static final long MIB = 1L << 20;
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  private final Examination examination;

  ExaminationText(Examination examination) {
    this.examination = examination;
  }

  /** The object that {@code --json} prints. */
  ObjectNode toJson() {
    ObjectNode object = JSON.createObjectNode().put("sound", examination.sound());
    object.setAll(JSON.<ObjectNode>valueToTree(examination));
    return object;
  }

  void print(PrintWriter out) {
    line(
        out,
        "%d executors of %d asked for, examined in %.1f s",
        examination.executors().size(),
        examination.wanted(),
        examination.seconds());
    examination.executors().forEach(each -> print(each, out));
    for (Finding finding : examination.findings()) {
      String hosts = finding.hosts().isEmpty() ? "" : String.join(", ", finding.hosts()) + ": ";
      String severity = finding.severity().name().toLowerCase(Locale.ROOT);
      line(out, "%-9s%s%s", severity, hosts, Printable.message(finding.problem()));
      line(out, "%-9s%s", "  mend:", Printable.message(finding.remedy()));
    }
    out.println(
        examination.sound() ? "no fault was found" : "a run would fail: mend the faults first");
    out.flush();
  }

  private static void print(HostReport report, PrintWriter out) {
    line(out, "executor %s on %s, %d cores", report.executorId(), report.host(), report.cores());
    line(
        out,
        "  Java       %s (%s), heap %,d MiB, file names in %s",
        report.java().version(),
        report.java().vendor(),
        report.java().heapBytes() / MIB,
        report.java().fileNames());
    line(out, "  options    %s", String.join(" ", report.java().arguments()));
    Machine machine = report.machine();
    line(
        out,
        "  computes   on %s with %s, kernels for %s, %d threads, %s",
        machine.processor(),
        machine.instructions(),
        machine.kernels(),
        machine.threads(),
        machine.library());
    print(report.gpu(), out);
    ProcessLimits limits = report.limits();
    line(
        out,
        "  limits     %s of %s memory, %s of %d processors, huge pages %s, %s open files",
        mebibytes(limits.memoryBytes()),
        mebibytes(limits.physicalBytes()),
        limits.processors() < 0 ? "all" : String.format(Locale.ROOT, "%.1f", limits.processors()),
        limits.visibleProcessors(),
        limits.hugePages().isEmpty() ? "unknown" : limits.hugePages(),
        limits.openFiles() < 0 ? "any number of" : Long.toString(limits.openFiles()));
    line(out, "  temporary  %s", describe(report.temp()));
    if (!report.output().folder().isEmpty()) {
      line(out, "  output     %s", describe(report.output()));
    }
    String links =
        report.network().links().stream()
            .map(
                link ->
                    String.format(
                        Locale.ROOT,
                        ", to rank %d %.2f ms and %,.0f MB per second",
                        link.rank(),
                        1e3 * link.latencySeconds(),
                        link.rate() / MEGA))
            .collect(Collectors.joining());
    line(
        out,
        "  exchange   at %s, clock %+.3f s%s",
        report.network().listenedAt(),
        report.network().clockSeconds(),
        links);
  }

  private static void print(GpuFacts gpu, PrintWriter out) {
    if (!gpu.name().isEmpty()) {
      line(
          out,
          "  GPU        %s (%s), %s, driver %s, %s",
          gpu.name(),
          gpu.architecture(),
          mebibytes(gpu.memoryBytes()),
          gpu.driver().isEmpty() ? "unknown" : gpu.driver(),
          gpu.libraries());
    } else if (!gpu.failure().isEmpty()) {
      line(out, "  GPU        failed");
    }
  }

  private static String describe(Storage storage) {
    return storage.failure().isEmpty()
        ? String.format(
            Locale.ROOT,
            "%s, %s free, writes %,.0f and reads %,.0f MB per second",
            storage.folder(),
            mebibytes(storage.freeBytes()),
            storage.writeRate() / MEGA,
            storage.readRate() / MEGA)
        : storage.folder() + " failed";
  }

  private static String mebibytes(long bytes) {
    return bytes < 0 ? "no limit" : String.format(Locale.ROOT, "%,d MiB", bytes / MIB);
  }

  private static void line(PrintWriter out, String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }
}
