package org.convoy.kernels.onednn;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.convoy.graph.Fusion;
import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Choices;
import org.convoy.kernels.KernelThreads;
import org.convoy.kernels.Machine;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Tuning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** oneDNN on the processor's cores; as many threads as OpenMP is given. */
public final class OnednnBackend implements Backend {
  private static final Logger LOG = LoggerFactory.getLogger(OnednnBackend.class);
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  @Override
  public String name() {
    return "onednn";
  }

  /** Float32 in place of bfloat16 where the processor would have to emulate it; warns once. */
  @Override
  public Precision effective(Precision asked) {
    if (asked != Precision.BFLOAT16 || InstructionSet.effective().bfloat16()) {
      return asked;
    }
    if (WARNED.compareAndSet(false, true)) {
      LOG.warn(
          "bfloat16 needs {} or AMX, this processor's best is {}: computing in float32",
          InstructionSet.AVX512_BF16,
          InstructionSet.effective());
    }
    return Precision.FLOAT32;
  }

  @Override
  public Machine machine() {
    InstructionSet instructions = InstructionSet.effective();
    return new Machine(
        Machine.processorName(),
        instructions.toString(),
        Dnnl.VECTORS ? instructions.vectors().orElseThrow().word() : Machine.NO_KERNELS,
        KernelThreads.count(),
        "oneDNN " + Dnnl.version());
  }

  @Override
  public Plan compile(Graph graph, PlanRequest request) {
    if (request.precision() == Precision.FLOAT64) {
      throw new UnsupportedOperationException(
          "backend onednn computes in float32 or bfloat16, not in float64");
    }
    return new OnednnPlan(graph, at(request));
  }

  @Override
  public Choices choose(Graph graph, PlanRequest request, Tuning tuning) {
    try (Tuner tuner = new Tuner(Fusion.apply(graph), at(request), tuning)) {
      return tuner.choose();
    }
  }

  @Override
  public Map<String, Double> fastest(Graph graph, PlanRequest request, Tuning tuning) {
    try (Tuner tuner = new Tuner(Fusion.apply(graph), at(request), tuning)) {
      return tuner.fastest();
    }
  }

  private PlanRequest at(PlanRequest request) {
    return request.precision(effective(request.precision()));
  }
}
