package org.convoy.driver.exchange.sums;

/** What the sums of a {@link SumCombiner} take and send, known before there is one. */
final class SumCosts {
  private SumCosts() {}

  /** The native bytes that an executor's combiner takes. */
  static long bytes(
      WireFormat format, MicroBatches microBatches, int executors, VectorLayout layout) {
    long staging = executors == 1 ? 0 : ReduceScatter.STAGING_BYTES;
    long master = format == WireFormat.FLOAT32 ? 0 : Float.BYTES * layout.length();
    return PartialSums.bytesBesideGradient(microBatches, layout.trained())
        + Moments.bytes(microBatches, layout)
        + master
        + staging;
  }

  /** The bytes of sums and master parameters that are not the host's. */
  static long vectorBytes(WireFormat format, MicroBatches range, VectorLayout layout) {
    long master = format == WireFormat.FLOAT32 ? 0 : Float.BYTES * layout.length();
    return PartialSums.bytesBesideGradient(range, layout.trained()) + master;
  }

  /** The native bytes of the master parameters that an executor owns. */
  static long stateBytes(WireFormat format, int executors, VectorLayout layout) {
    return format == WireFormat.FLOAT32 ? 0 : Float.BYTES * updated(executors, layout);
  }

  /** The most parameters that an executor updates. */
  static long updated(int executors, VectorLayout layout) {
    return layout.trainedChunks().mostOwned(executors);
  }

  /** What an executor sends in a step. */
  static Load load(WireFormat format, MicroBatches range, int executors, VectorLayout layout) {
    if (executors == 1) {
      return Load.NOTHING;
    }
    double part = format.bytes(2) / (2.0 * Float.BYTES);
    long moving = layout.trainedChunks().elements();
    double gradients = Load.reduceScatter(range, executors, moving);
    double parameters = Load.allGather(executors, moving);
    // The parameters that this executor owns are packed and unpacked.
    double passed = format == WireFormat.FLOAT32 ? 0 : 2.0 * Float.BYTES * moving / executors;
    return new Load(part * gradients, 0, part * parameters, 2, passed)
        .plus(Load.moments(range, executors, layout));
  }
}
