package org.convoy.kernels.cudnn;

import org.convoy.kernels.cudnn.Descriptor.Kind;

/**
 * A GPU that the machine need not have, by its properties: cuDNN 9.8 or newer finds engines for it
 * and plans them, but cannot run them.
 */
record DescribedGpu(Descriptor device) implements CudnnTarget {

  /** What cuDNN writes for a card, here for an H100. */
  private static final String H100 =
      """
      {"deviceName": "NVIDIA H100 80GB HBM3", "deviceVer": 900, "driverVer": 13000,
       "cudaDeviceId": 0, "pciDeviceId": 0, "multiProcessorCount": 132, "warpSize": 32,
       "maxGridSize": [2147483647, 65535, 65535], "maxBlockSize": [1024, 1024, 64],
       "maxThreadsPerBlock": 1024, "maxThreadsPerSM": 2048, "maxCtasPerSM": 32,
       "regsPerBlock": 65536, "maxRegistersPerSM": 65536, "maxSharedMemoryPerBlock": 49152,
       "maxSharedMemoryPerBlockOptin": 232448, "maxSharedMemoryPerSM": 233472,
       "reservedSharedMemoryPerBlock": 1024, "l2CacheSize": 52428800,
       "totalGlobalMem": 85000000000, "smClockRateKHz": 1980000, "memClockRateKHz": 2619000,
       "isTccDriver": 0, "supportCoopLaunch": 1}
      """;

  static DescribedGpu h100(CudnnLibrary library) {
    return new DescribedGpu(
        new Descriptor(library, Kind.DEVICEPROP)
            .setText(Attribute.DEVICEPROP_JSON_REPRESENTATION, H100)
            .finish());
  }

  @Override
  public void graph(Descriptor graph) {
    // Does not depend on a device.
  }

  @Override
  public void heuristics(Descriptor heuristics) {
    heuristics.set(Attribute.ENGINEHEUR_DEVICEPROP, device);
  }

  @Override
  public void plan(Descriptor plan) {
    plan.set(Attribute.EXECUTION_PLAN_DEVICEPROP, device);
  }
}
