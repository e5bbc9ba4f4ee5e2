package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Adds the moments that move running statistics, over all micro-batches, in the order of the {@link
 * SumTree} and in float32. No combination rounds or compresses them.
 */
public final class Moments implements AutoCloseable {

  /** The part of the gradient that holds moments, and their sums. */
  private record Part(INDArray moments, Chunks chunks, PartialSums sums) {}

  private final Optional<Part> part;

  /**
   * @param gradient holds a micro-batch's moments when {@link #add} is called
   */
  public Moments(MicroBatches range, VectorLayout layout, INDArray gradient) {
    Chunks chunks = layout.momentChunks();
    this.part =
        chunks.count() == 0
            ? Optional.empty()
            : Optional.of(
                new Part(
                    gradient.get(NDArrayIndex.interval(layout.trained(), layout.length())),
                    chunks,
                    new PartialSums(range, layout.length() - layout.trained())));
  }

  /** The native bytes that sums of moments take. */
  public static long bytes(MicroBatches range, VectorLayout layout) {
    return layout.momentChunks().count() == 0
        ? 0
        : PartialSums.bytes(range, layout.length() - layout.trained());
  }

  /** Adds the moments of this executor's next micro-batch. */
  public void add() {
    part.ifPresent(each -> each.sums().add(each.moments()));
  }

  /** Replaces the gradient's moments by the sum over all micro-batches. All ranks call it. */
  public void sum(Exchange exchange) {
    part.ifPresent(
        each -> {
          exchange.reduceScatter(each.sums(), each.chunks(), each.moments());
          exchange.allGather(each.chunks(), each.moments());
        });
  }

  @Override
  public void close() {
    part.ifPresent(each -> each.sums().close());
  }
}
