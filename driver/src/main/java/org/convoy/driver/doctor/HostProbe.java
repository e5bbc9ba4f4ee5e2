package org.convoy.driver.doctor;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.convoy.driver.doctor.HostReport.JavaFacts;
import org.convoy.driver.doctor.HostReport.Storage;
import org.convoy.driver.spark.Place;
import org.convoy.driver.spark.RankTask;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Machine;
import org.convoy.kernels.NativeMemory;

/** What every executor does: it states what it is and measures. Its result is encoded. */
final class HostProbe implements RankTask<String> {
  private static final long serialVersionUID = 1L;
  private static final int MESSAGE_BYTES = 4 << 20;

  private final Order order;

  HostProbe(Order order) {
    this.order = order;
  }

  @Override
  public String run(Place place) {
    NativeMemory.unlimited();
    Machine machine;
    String kernelsFailure = "";
    try {
      machine = Backends.all().get(0).machine();
    } catch (RuntimeException | LinkageError e) {
      kernelsFailure = String.valueOf(root(e));
      machine = new Machine(Machine.processorName(), "", Machine.NO_KERNELS, place.cores(), "");
    }
    StorageProbe storage = new StorageProbe(place.hadoop(), order.bytes());
    String file = ".convoy-doctor-" + ProcessHandle.current().pid() + "-" + place.rank();
    Storage temp =
        storage.measure(Path.of(System.getProperty("java.io.tmpdir")).toUri().toString(), file);
    Storage output =
        order.output().isEmpty() ? Storage.NONE : storage.measure(order.output(), file);
    GpuFacts gpu = GpuFacts.of(place.gpu());
    String dataFailure = order.data().isEmpty() ? "" : storage.reach(order.data());
    HostReport report =
        new HostReport(
            place.rank(),
            place.executorId(),
            place.host(),
            place.cores(),
            java(),
            machine,
            kernelsFailure,
            ProcessLimits.here(),
            temp,
            output,
            dataFailure,
            NetworkProbe.measure(place, MESSAGE_BYTES),
            gpu);
    return report.encode();
  }

  private static JavaFacts java() {
    return new JavaFacts(
        System.getProperty("java.version"),
        System.getProperty("java.vendor"),
        Runtime.getRuntime().maxMemory(),
        System.getProperty("sun.jnu.encoding", ""),
        ManagementFactory.getRuntimeMXBean().getInputArguments());
  }

  private static Throwable root(Throwable e) {
    Throwable at = e;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    return at;
  }
}
