package org.convoy.driver.exchange.sums;

/**
 * What an executor sends in a step, on average over steps. It receives about as much.
 *
 * @param duringBackward bytes that can leave while the last micro-batch is in backward
 * @param afterBackward bytes that leave afterwards
 * @param duringForward bytes of parameters that can return while the next step's first micro-batch
 *     is in forward
 * @param rounds how often an executor waits for a message that depends on its own
 * @param passed bytes of float32 numbers that its training thread goes over to convert what is
 *     exchanged, counted as often as it does. Network threads convert and add what has come while
 *     the rest is on its way, which is not counted; nor is what compression takes.
 */
public record Load(
    double duringBackward,
    double afterBackward,
    double duringForward,
    double rounds,
    double passed) {

  /** What a single executor sends. */
  static final Load NOTHING = new Load(0, 0, 0, 0, 0);

  /** Moments: a reduce-scatter and an all-gather in float32. */
  static Load moments(MicroBatches range, int executors, VectorLayout layout) {
    long length = layout.momentChunks().elements();
    return executors == 1 || length == 0 ? NOTHING : allReduce(range, executors, length);
  }

  /** The bytes of a reduce-scatter of float32 numbers. */
  static double reduceScatter(MicroBatches range, int executors, long length) {
    int nodes = new SumTree(range.total()).maximal(range.from(), range.to()).size();
    return nodes * allGather(executors, length);
  }

  /** The bytes of an all-gather of float32 numbers. */
  static double allGather(int executors, long length) {
    return Float.BYTES * (double) length * (executors - 1) / executors;
  }

  /** A reduce-scatter and an all-gather of float32 numbers after backward. */
  static Load allReduce(MicroBatches range, int executors, long length) {
    double summed = reduceScatter(range, executors, length);
    return new Load(0, summed + allGather(executors, length), 0, 2, 0);
  }

  /** The same, in a part of the steps. */
  Load in(double part) {
    return new Load(
        part * duringBackward,
        part * afterBackward,
        part * duringForward,
        part * rounds,
        part * passed);
  }

  Load plus(Load other) {
    return new Load(
        duringBackward + other.duringBackward,
        afterBackward + other.afterBackward,
        duringForward + other.duringForward,
        rounds + other.rounds,
        passed + other.passed);
  }

  /** All bytes together. */
  public double bytes() {
    return duringBackward + afterBackward + duringForward;
  }
}
