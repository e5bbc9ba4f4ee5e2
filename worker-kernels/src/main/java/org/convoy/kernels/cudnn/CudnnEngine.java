package org.convoy.kernels.cudnn;

import org.convoy.kernels.cudnn.Descriptor.Kind;
import org.convoy.kernels.cudnn.Descriptor.Type;

/** An execution plan of cuDNN's. */
final class CudnnEngine implements Engine {
  private final CudnnLibrary library;
  private final long handle;
  private final OperationGraph graph;
  private final Descriptor plan;
  private final String word;
  private final long workspaceBytes;

  /**
   * @param graph closed with the engine
   * @param plan the same
   */
  CudnnEngine(
      CudnnLibrary library, long handle, OperationGraph graph, Descriptor plan, String word) {
    this.library = library;
    this.handle = handle;
    this.graph = graph;
    this.plan = plan;
    this.word = word;
    this.workspaceBytes = workspaceBytes(plan);
  }

  /** The scratch memory of an execution plan. */
  static long workspaceBytes(Descriptor plan) {
    return plan.number(Attribute.EXECUTION_PLAN_WORKSPACE_SIZE);
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public long workspaceBytes() {
    return workspaceBytes;
  }

  /** Called while a launch is recorded, not when it is replayed. */
  @Override
  public void launch(long workspace, long... places) {
    try (Descriptor pack = new Descriptor(library, Kind.VARIANT_PACK)) {
      pack.set(Attribute.VARIANT_PACK_UNIQUE_IDS, Type.INT64, graph.names())
          .set(Attribute.VARIANT_PACK_DATA_POINTERS, Type.VOID_PTR, places)
          .set(Attribute.VARIANT_PACK_WORKSPACE, Type.VOID_PTR, workspace)
          .finish();
      library.check("cudnnBackendExecute", handle, plan.handle(), pack.handle());
    }
  }

  @Override
  public void close() {
    plan.close();
    graph.close();
  }
}
