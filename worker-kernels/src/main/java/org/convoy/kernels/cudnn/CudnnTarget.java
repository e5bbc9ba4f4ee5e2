package org.convoy.kernels.cudnn;

import org.convoy.kernels.cudnn.Descriptor.Type;

/** The GPU that cuDNN finds engines for. Descriptors say it before they are finalised. */
interface CudnnTarget {

  void graph(Descriptor graph);

  void heuristics(Descriptor heuristics);

  void plan(Descriptor plan);

  /** The GPU of a handle. */
  record Present(long handle) implements CudnnTarget {
    @Override
    public void graph(Descriptor graph) {
      graph.set(Attribute.OPERATIONGRAPH_HANDLE, Type.HANDLE, handle);
    }

    @Override
    public void heuristics(Descriptor heuristics) {
      // Takes the graph's.
    }

    @Override
    public void plan(Descriptor plan) {
      plan.set(Attribute.EXECUTION_PLAN_HANDLE, Type.HANDLE, handle);
    }
  }
}
