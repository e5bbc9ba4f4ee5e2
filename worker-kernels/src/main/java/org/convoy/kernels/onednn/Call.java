package org.convoy.kernels.onednn;

import java.nio.FloatBuffer;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;

/** A step with its addresses filled in. */
sealed interface Call {

  /** A call whose time counts. */
  sealed interface Timed extends Call {
    Step.Timed step();

    void run(dnnl_stream stream);

    /** Seconds of one execution. */
    default double time(dnnl_stream stream) {
      long start = System.nanoTime();
      run(stream);
      Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
      return (System.nanoTime() - start) * 1e-9;
    }
  }

  /** A primitive's execution. */
  record Invoke(Step.Execute step, dnnl_exec_arg_t arguments, int count) implements Timed {
    @Override
    public void run(dnnl_stream stream) {
      int status = dnnl.dnnl_primitive_execute(step.kernel().primitive(), stream, count, arguments);
      if (status != dnnl.dnnl_success) {
        Dnnl.check(status, step.kernel().word());
      }
    }
  }

  /** A call of one of Convoy's own kernels, which waits for what the stream may still compute. */
  record Jump(Step.Run step, long[] addresses) implements Timed {
    @Override
    public void run(dnnl_stream stream) {
      Dnnl.check(dnnl.dnnl_stream_wait(stream), "stream");
      step.routine().run(addresses);
    }
  }

  /** Numbers from the host. */
  record Fill(Step.Filling filling, FloatBuffer to) implements Call {}

  /** Elements {@code [from, to)} of the flat gradient are final. */
  record Mark(long from, long to) implements Call {}
}
