package org.convoy.kernels.cudnn;

import org.convoy.kernels.Backend;
import org.convoy.kernels.cuda.HostDevice;

/** The backend cudnn on a {@link HostDevice}: every convolution is Convoy's own kernel. */
public final class Emulated {
  private static final Backend UPWARDS = on(false);
  private static final Backend DOWNWARDS = on(true);

  private Emulated() {}

  private static Backend on(boolean backwards) {
    return new CudnnBackend(() -> new Gpu(new HostDevice(backwards), Convolver.NONE, "no cuDNN"));
  }

  /** Kernels run from the first index to the last. */
  public static Backend upwards() {
    return UPWARDS;
  }

  /** Kernels run from the last index to the first. */
  public static Backend downwards() {
    return DOWNWARDS;
  }
}
