package org.convoy.kernels.onednn;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;

/** Owns oneDNN's objects and destroys them, last made first. */
final class Natives implements AutoCloseable {
  private final Deque<Runnable> destroyers = new ArrayDeque<>();

  dnnl_memory_desc keep(dnnl_memory_desc handle) {
    destroyers.push(() -> dnnl.dnnl_memory_desc_destroy(handle));
    return handle;
  }

  dnnl_primitive_desc keep(dnnl_primitive_desc handle) {
    destroyers.push(() -> dnnl.dnnl_primitive_desc_destroy(handle));
    return handle;
  }

  dnnl_primitive keep(dnnl_primitive handle) {
    destroyers.push(() -> dnnl.dnnl_primitive_destroy(handle));
    return handle;
  }

  dnnl_memory keep(dnnl_memory handle) {
    destroyers.push(() -> dnnl.dnnl_memory_destroy(handle));
    return handle;
  }

  dnnl_stream keep(dnnl_stream handle) {
    destroyers.push(() -> dnnl.dnnl_stream_destroy(handle));
    return handle;
  }

  /** Anything else that has to go with the rest. */
  void keep(Runnable destroyer) {
    destroyers.push(destroyer);
  }

  @Override
  public void close() {
    while (!destroyers.isEmpty()) {
      destroyers.pop().run();
    }
  }
}
