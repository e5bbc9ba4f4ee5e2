package org.convoy.driver.exchange.sums;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adds the gradients of each group's micro-batches, one group after the other, exactly and in the
 * order of the {@link SumTree} over them. It reports each chunk of a group's sum as soon as
 * backward has finished it.
 */
final class GroupSums implements AutoCloseable {

  /** Takes finished chunks. */
  @FunctionalInterface
  interface Listener {
    /**
     * A chunk of a group's sum is complete.
     *
     * @param group number of the group among this executor's groups
     * @param sum the whole vector, valid in this chunk until the next micro-batch
     */
    void complete(int group, int chunk, Floats sum);
  }

  private final Chunks chunks;
  private final INDArray gradient;
  private final VectorMemory memory;
  private final int perGroup;
  private final FinishedChunks finished;
  private final List<PartialSums> sums;
  private final Listener listener;
  private final ComingChunks coming = new ComingChunks();
  private int group;
  private int ended;

  GroupSums(
      MicroBatches range,
      VectorLayout layout,
      INDArray gradient,
      VectorMemory memory,
      Listener listener) {
    this.chunks = layout.trainedChunks();
    this.gradient = gradient;
    this.memory = memory;
    this.perGroup = range.perGroup();
    this.finished = new FinishedChunks(chunks);
    this.sums =
        perGroup == 1
            ? List.of()
            : List.of(
                new PartialSums(
                    range.ofOneGroup(), layout.trained(), WireFormat.FLOAT32, gradient, memory));
    this.listener = listener;
  }

  /** The native bytes that the sums take. */
  static long bytes(MicroBatches range, VectorLayout layout) {
    return PartialSums.bytesBesideGradient(range.ofOneGroup(), layout.trained());
  }

  /** The current group, counted among this executor's groups. */
  int group() {
    return group;
  }

  /** Elements {@code [from, to)} of the micro-batch's gradient are finished. */
  void finished(long from, long to) {
    finished.finished(from, to, this::take);
  }

  private void take(int chunk) {
    long start = chunks.start(chunk);
    long end = start + chunks.length(chunk);
    for (PartialSums each : sums) {
      each.add(gradient, start, end);
    }
    if (ended < perGroup - 1) {
      return;
    }
    if (memory.accumulator().isEmpty()) {
      listener.complete(group, chunk, sum());
    } else {
      coming.add(chunk, memory.fetch(vector(), start, end));
    }
  }

  private INDArray vector() {
    return sums.isEmpty() ? gradient : sums.get(0).first();
  }

  /** The memory in which the group's sum ends. */
  Floats sum() {
    return sums.isEmpty() ? Floats.of(gradient) : sums.get(0).memory(0);
  }

  /**
   * Ends a micro-batch. Reports what is left of it.
   *
   * @return whether its group is complete
   */
  boolean endMicroBatch() {
    finished.rest(this::take);
    finished.reset();
    coming.takeAll(chunk -> listener.complete(group, chunk, sum()));
    sums.forEach(PartialSums::advance);
    ended++;
    return ended == perGroup;
  }

  /** Begins the next group. */
  void nextGroup() {
    ended = 0;
    group++;
    sums.forEach(PartialSums::reset);
  }

  /** Begins the next step, with the first group. */
  void nextStep() {
    group = 0;
  }

  @Override
  public void close() {
    sums.forEach(PartialSums::close);
  }
}
