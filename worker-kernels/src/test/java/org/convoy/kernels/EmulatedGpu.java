package org.convoy.kernels;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.convoy.graph.Graph;
import org.convoy.kernels.cuda.HostDevice;
import org.convoy.kernels.cudnn.Emulated;

/** The host in the place of a GPU for whole runs of a test, whose recipes say {@code cudnn}. */
public final class EmulatedGpu implements AutoCloseable {
  private final Backend before = Backends.get("cudnn");
  private final Backend emulated = Emulated.upwards();

  /** Plans on the device, which copy the vectors that callers have on the host. */
  private record WithVectorsOnTheHost(Backend there) implements Backend {
    @Override
    public String name() {
      return there.name();
    }

    @Override
    public Machine machine() {
      return there.machine();
    }

    @Override
    public Precision effective(Precision asked) {
      return there.effective(asked);
    }

    @Override
    public Plan compile(Graph graph, PlanRequest request) {
      return there.compile(graph, request);
    }

    @Override
    public PlanMemory memory(Graph graph, PlanRequest request) {
      return there.memory(graph, request);
    }

    @Override
    public Choices choose(Graph graph, PlanRequest request, Tuning tuning) {
      return there.choose(graph, request, tuning);
    }
  }

  /** Takes the place. The test is skipped where the kernels cannot be compiled for the host. */
  public EmulatedGpu() {
    Optional<String> reason = emulated.unavailable();
    assumeTrue(reason.isEmpty(), () -> reason.orElse(""));
    vectorsOnTheHost(false);
  }

  /** Whether runs have their flat vectors, and compute their losses, on the host. */
  public void vectorsOnTheHost(boolean there) {
    Backends.register(there ? new WithVectorsOnTheHost(emulated) : emulated);
    device().forgetLaunches();
  }

  private HostDevice device() {
    return (HostDevice) emulated.device().orElseThrow();
  }

  /** Whether a kernel has been used since {@link #vectorsOnTheHost} was called. */
  public boolean used(String kernel) {
    return device().launched(kernel);
  }

  @Override
  public void close() {
    Backends.register(before);
  }
}
