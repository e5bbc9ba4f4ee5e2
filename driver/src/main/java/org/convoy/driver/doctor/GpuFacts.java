package org.convoy.driver.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.cuda.Device;

/**
 * The GPU that Spark gave an executor, as the backend finds it.
 *
 * @param name empty if Spark gave none, or if it cannot be used
 * @param architecture such as {@code sm_90}
 * @param memoryBytes all of its memory
 * @param driver the version of NVIDIA's driver; empty where the system does not state it
 * @param libraries the versions of cuDNN and CUDA
 * @param failure why it cannot be used; empty if it can
 */
public record GpuFacts(
    String name,
    String architecture,
    long memoryBytes,
    String driver,
    String libraries,
    String failure) {

  /** Of an executor without one. */
  public static final GpuFacts NONE = new GpuFacts("", "", HostReport.UNKNOWN, "", "", "");

  private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");
  private static final Pattern VERSION = Pattern.compile("Module\\s+(?:for \\S+\\s+)?([0-9.]+)");

  /** Opens the GPU of this number, if there is one, and asks what it is. */
  static GpuFacts of(OptionalInt number) {
    if (number.isEmpty()) {
      return NONE;
    }
    try {
      Backends.useGpu(number.getAsInt());
      Backend backend = Backends.get("cudnn");
      Device device = backend.device().orElseThrow();
      return new GpuFacts(
          device.name(),
          device.architecture(),
          device.memoryBytes(),
          driverHere(),
          backend.machine().library(),
          "");
    } catch (RuntimeException | LinkageError e) {
      return new GpuFacts(
          "", "", HostReport.UNKNOWN, driverHere(), "", String.valueOf(e.getMessage()));
    }
  }

  private static String driverHere() {
    try {
      return Files.isReadable(DRIVER) ? version(Files.readString(DRIVER)) : "";
    } catch (IOException e) {
      return "";
    }
  }

  /** The version in what the driver's module says of itself. */
  static String version(String text) {
    Matcher found = VERSION.matcher(text);
    return found.find() ? found.group(1) : "";
  }
}
