package org.convoy.kernels.cudnn;

import org.convoy.kernels.Backend;
import org.convoy.kernels.cuda.HostDevice;

/** The backend cudnn on a {@link HostDevice}. */
public final class Emulated {
  private static final Backend UPWARDS = on(false, Engines.NONE);
  private static final Backend DOWNWARDS = on(true, Engines.NONE);
  private static final Backend ENGINES = on(false, new HostEngines());

  private Emulated() {}

  private static Backend on(boolean backwards, Engines engines) {
    return new CudnnBackend(() -> new Gpu(new HostDevice(backwards), engines, "no cuDNN"));
  }

  /** Kernels run from the first index to the last; everything is Convoy's own kernels. */
  public static Backend upwards() {
    return UPWARDS;
  }

  /** Kernels run from the last index to the first. */
  public static Backend downwards() {
    return DOWNWARDS;
  }

  /** Engines on the host compute what cuDNN may have engines for, fused as far as it may be. */
  public static Backend withEngines() {
    return ENGINES;
  }
}
