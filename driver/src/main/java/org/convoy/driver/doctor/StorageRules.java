package org.convoy.driver.doctor;

import java.util.ArrayList;
import java.util.List;

/** Rules about the folders that executors read and write. */
final class StorageRules {
  private static final long MIB = 1L << 20;

  /** Native libraries are unpacked into the folder for temporary files. */
  private static final long NATIVES_BYTES = 600 * MIB;

  private static final double SLOW_DISK = 30e6;
  private static final long FEW_FILES = 4096;

  /** These rules. */
  static final List<Rule> ALL =
      List.of(
          StorageRules::dataNotReached,
          StorageRules::outputNotWritten,
          StorageRules::tempFolder,
          StorageRules::slowStorage,
          StorageRules::openFiles);

  private StorageRules() {}

  private static List<Finding> dataNotReached(Cluster cluster, List<HostReport> reports) {
    return Findings.faults(
        reports,
        HostReport::dataFailure,
        "data.uri cannot be read: ",
        "put the data on a file system that all hosts reach, and --set data.uri=hdfs:///DIR");
  }

  private static List<Finding> outputNotWritten(Cluster cluster, List<HostReport> reports) {
    return Findings.faults(
        reports,
        report -> report.output().failure(),
        "--out cannot be written: ",
        "let the user of the executors write there, or --out hdfs:///DIR");
  }

  private static List<Finding> tempFolder(Cluster cluster, List<HostReport> reports) {
    String remedy = "--conf spark.executor.extraJavaOptions=-Djava.io.tmpdir=DIR";
    List<Finding> findings =
        new ArrayList<>(
            Findings.faults(
                reports,
                report -> report.temp().failure(),
                "the folder for temporary files cannot be written: ",
                remedy));
    List<HostReport> full =
        Findings.where(
            reports,
            report -> report.temp().freeBytes() >= 0 && report.temp().freeBytes() < NATIVES_BYTES);
    if (!full.isEmpty()) {
      findings.add(
          Finding.fault(
              Findings.hosts(full),
              Findings.text(
                  "%s has %d MiB free, and the native libraries take %d",
                  full.get(0).temp().folder(),
                  full.get(0).temp().freeBytes() / MIB,
                  NATIVES_BYTES / MIB),
              remedy));
    }
    return findings;
  }

  private static List<Finding> slowStorage(Cluster cluster, List<HostReport> reports) {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(
        Findings.warnings(
            Findings.where(reports, report -> slow(report.temp())),
            report -> written(report.temp()),
            "--conf spark.executor.extraJavaOptions=-Djava.io.tmpdir=DIR, with DIR on a faster"
                + " disk"));
    findings.addAll(
        Findings.warnings(
            Findings.where(reports, report -> slow(report.output())),
            report -> written(report.output()),
            "--set checkpoint.every-steps=N with a larger N, or --out on a faster file system"));
    return findings;
  }

  private static List<Finding> openFiles(Cluster cluster, List<HostReport> reports) {
    return Findings.warnings(
        Findings.where(
            reports,
            report -> report.limits().openFiles() >= 0 && report.limits().openFiles() < FEW_FILES),
        report -> Findings.text("a process may open %d files", report.limits().openFiles()),
        Findings.text("ulimit -n %d where the executors are started", FEW_FILES));
  }

  private static boolean slow(HostReport.Storage storage) {
    return storage.writeRate() > 0 && storage.writeRate() < SLOW_DISK;
  }

  private static String written(HostReport.Storage storage) {
    return Findings.text(
        "%s takes %.1f MB per second", storage.folder(), storage.writeRate() / 1e6);
  }
}
