package org.convoy.driver.exchange.sums;

/** What the copies of a {@link CopiesCombiner} take and send, known before there is one. */
final class CopiesCosts {
  private CopiesCosts() {}

  /** The native bytes that an executor's combiner takes, those of an outer step left out. */
  static long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    long means = PartialSums.bytes(microBatches.asGroups(), layout.length());
    long staging = executors == 1 ? 0 : ReduceScatter.STAGING_BYTES;
    return vectorBytes(microBatches, layout) + means + staging;
  }

  /** The bytes of copies and sums that are not the host's. */
  static long vectorBytes(MicroBatches microBatches, VectorLayout layout) {
    long copies = Float.BYTES * layout.length() * (microBatches.asGroups().count() - 1);
    return copies + PartialSums.bytesBesideGradient(microBatches.ofOneGroup(), layout.length());
  }

  /** The native bytes of an executor's copies. */
  static long stateBytes(MicroBatches microBatches, VectorLayout layout) {
    Chunks chunks = layout.allChunks();
    return Float.BYTES * (chunks.end() - chunks.start(0)) * microBatches.asGroups().count();
  }

  /**
   * What an executor sends in a step, on average.
   *
   * @param everySteps steps from one meeting to the next
   */
  static Load load(int everySteps, MicroBatches range, int executors, VectorLayout layout) {
    long elements = layout.allChunks().elements();
    return executors == 1
        ? Load.NOTHING
        : Load.allReduce(range.asGroups(), executors, elements).in(1.0 / everySteps);
  }

  /** The parameters that an executor updates. */
  static long updated(MicroBatches microBatches, VectorLayout layout) {
    return layout.trainedChunks().elements() * microBatches.asGroups().count();
  }
}
