package org.convoy.kernels.cudnn;

import java.util.Optional;
import java.util.function.Supplier;
import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Choices;
import org.convoy.kernels.Machine;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Tuning;
import org.convoy.kernels.cuda.CudaDevice;
import org.convoy.kernels.cuda.Device;

/**
 * A GPU of NVIDIA's. Convolutions and matrix products are cuDNN's, the other kernels Convoy's own.
 * The process computes on one GPU, which is opened when it is first needed and stays open.
 */
public final class CudnnBackend implements Backend {
  /**
   * The system property with the number of the GPU among those that the process sees, 0 if it is
   * not set.
   */
  public static final String ORDINAL = "convoy.gpu";

  private final Supplier<Gpu> opener;
  private Optional<Gpu> opened = Optional.empty();
  private Optional<String> refusal = Optional.empty();

  public CudnnBackend() {
    this(CudnnBackend::open);
  }

  /** Computes on something that takes the place of a GPU. */
  CudnnBackend(Supplier<Gpu> opener) {
    this.opener = opener;
  }

  private static Gpu open() {
    Device device = CudaDevice.open(Integer.getInteger(ORDINAL, 0));
    Cudnn cudnn = Cudnn.open(device);
    return new Gpu(device, cudnn, "cuDNN " + cudnn.version());
  }

  @Override
  public String name() {
    return "cudnn";
  }

  /**
   * @throws UnsupportedOperationException if the machine has no GPU that can be used
   */
  private synchronized Gpu gpu() {
    if (refusal.isPresent()) {
      throw new UnsupportedOperationException(refusal.get());
    }
    if (opened.isEmpty()) {
      try {
        opened = Optional.of(opener.get());
      } catch (UnsupportedOperationException e) {
        refusal = Optional.of("backend cudnn: " + e.getMessage());
        throw new UnsupportedOperationException(refusal.get(), e);
      }
    }
    return opened.get();
  }

  @Override
  public Optional<String> unavailable() {
    try {
      gpu();
      return Optional.empty();
    } catch (UnsupportedOperationException e) {
      return refusal;
    }
  }

  @Override
  public Machine machine() {
    Gpu gpu = gpu();
    return new Machine(
        gpu.device().name(),
        gpu.device().architecture(),
        "cuda",
        1,
        gpu.library() + ", " + gpu.device().version());
  }

  @Override
  public Optional<Device> device() {
    return Optional.of(gpu().device());
  }

  @Override
  public Plan compile(Graph graph, PlanRequest request) {
    check(request);
    return new CudnnPlan(graph, request, gpu());
  }

  /**
   * Which engines cuDNN has, and their scratch memory, only a GPU tells. So this is the memory with
   * Convoy's own kernels, or with engines that take all that the request lets them have, whichever
   * is more.
   */
  @Override
  public PlanMemory memory(Graph graph, PlanRequest request) {
    check(request);
    PlanMemory own = PlanSizes.of(graph, request, Engines.NONE).memory();
    PlanMemory engines = PlanSizes.of(graph, request, Engines.LARGEST).memory();
    return own.deviceBytes() > engines.deviceBytes() ? own : engines;
  }

  private static void check(PlanRequest request) {
    if (request.precision() == Precision.FLOAT64) {
      throw new UnsupportedOperationException(
          "backend cudnn computes in float32 or bfloat16, not in float64");
    }
  }

  /**
   * The engine of everything that cuDNN may compute, or that it is none, in the order of cuDNN's
   * heuristics: nothing is timed.
   */
  @Override
  public Choices choose(Graph graph, PlanRequest request, Tuning tuning) {
    try (CudnnPlan plan = new CudnnPlan(graph, request.choices(Choices.NONE), gpu())) {
      return plan.choices();
    }
  }
}
