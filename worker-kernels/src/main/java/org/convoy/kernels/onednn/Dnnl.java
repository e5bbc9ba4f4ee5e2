package org.convoy.kernels.onednn;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.kernels.vector.VectorLibrary;

/** oneDNN's CPU engine, and its status codes as exceptions. */
final class Dnnl {
  private static final String[] STATUS = {
    "success",
    "out of memory",
    "invalid arguments",
    "unimplemented",
    "last implementation reached",
    "runtime error",
    "not required"
  };

  /** Channels that stand together in blocked layouts: the floats of a vector register. */
  static final int BLOCK = InstructionSet.effective().block();

  /** Whether Convoy's own kernels can be called, for float32 and what the processor has. */
  static final boolean VECTORS =
      InstructionSet.effective().vectors().map(VectorLibrary::load).orElse(false);

  private static final dnnl_engine ENGINE = createEngine();

  private Dnnl() {}

  private static dnnl_engine createEngine() {
    dnnl_engine engine = new dnnl_engine();
    check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "engine");
    // Plans keep their primitives; a cache beside them would only hold memory.
    check(dnnl.dnnl_set_primitive_cache_capacity(0), "primitive cache");
    return engine;
  }

  /** The one CPU engine, alive as long as the process. */
  static dnnl_engine engine() {
    return ENGINE;
  }

  /** The library's version, for example {@code 3.11.0}. */
  static String version() {
    dnnl_version_t version = dnnl.dnnl_version();
    return version.major() + "." + version.minor() + "." + version.patch();
  }

  /**
   * @throws OutOfMemoryError if that is what the status says
   * @throws IllegalStateException on any other status but success
   */
  static void check(int status, String what) {
    if (status == dnnl.dnnl_success) {
      return;
    }
    String word = status < STATUS.length ? STATUS[status] : "status " + status;
    if (status == dnnl.dnnl_out_of_memory) {
      throw new OutOfMemoryError("oneDNN " + what + ": " + word);
    }
    throw new IllegalStateException("oneDNN " + what + ": " + word);
  }
}
