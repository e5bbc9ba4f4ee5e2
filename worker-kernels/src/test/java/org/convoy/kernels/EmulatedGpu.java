package org.convoy.kernels;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.convoy.kernels.cuda.HostDevice;
import org.convoy.kernels.cudnn.Emulated;

/** The host in the place of a GPU for whole runs of a test, whose recipes say {@code cudnn}. */
public final class EmulatedGpu implements AutoCloseable {
  private final Backend before = Backends.get("cudnn");

  /** Takes the place. The test is skipped where the kernels cannot be compiled for the host. */
  public EmulatedGpu() {
    Backend emulated = Emulated.upwards();
    Optional<String> reason = emulated.unavailable();
    assumeTrue(reason.isEmpty(), () -> reason.orElse(""));
    Backends.register(emulated);
  }

  /** Whether a kernel has been used since the process began. */
  public boolean used(String kernel) {
    return Backends.get("cudnn").device().orElseThrow() instanceof HostDevice host
        && host.knows(kernel);
  }

  @Override
  public void close() {
    Backends.register(before);
  }
}
