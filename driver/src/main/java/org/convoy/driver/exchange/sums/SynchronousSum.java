package org.convoy.driver.exchange.sums;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Synchronous descent; float32 is sent. In every step the gradients of all M micro-batches are
 * added in the order of the {@link SumTree}, each executor updates the chunks that it owns, and the
 * new parameters are sent to all. All ranks hold the same bytes after every step.
 *
 * <p>A chunk is sent as soon as its gradient is finished, while the executor's last micro-batch is
 * still in backward. Moments are summed in the same order. Every rank has their sum and moves the
 * running statistics itself.
 */
public record SynchronousSum() implements Combination {

  private static final long serialVersionUID = 1;

  @Override
  public Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient) {
    return new Sums(exchange, microBatches, layout, parameters, gradient);
  }

  @Override
  public long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    long staging = executors == 1 ? 0 : ReduceScatter.STAGING_BYTES;
    return PartialSums.bytes(microBatches, layout.length()) + staging;
  }

  @Override
  public long updated(MicroBatches microBatches, int executors, VectorLayout layout) {
    Chunks chunks = layout.trainedChunks();
    return Math.min(layout.trained(), (long) chunks.owned(0, executors) * chunks.floats());
  }

  private static final class Sums implements Combiner {

    private final Exchange exchange;
    private final VectorLayout layout;
    private final Chunks trained;
    private final Chunks statistics;
    private final INDArray gradient;
    private final Share share;
    private final PartialSums partials;
    private final FinishedChunks finished;
    private Optional<ReduceScatter> reduction = Optional.empty();
    private int begun;

    Sums(
        Exchange exchange,
        MicroBatches range,
        VectorLayout layout,
        INDArray parameters,
        INDArray gradient) {
      this.exchange = exchange;
      this.layout = layout;
      this.trained = layout.trainedChunks();
      this.statistics = layout.statisticsChunks();
      this.gradient = gradient;
      this.share =
          new Share(
              0, OptionalInt.empty(), parameters, exchange.rank(), exchange.size(), range.total());
      this.partials = new PartialSums(range, layout.length());
      this.finished = new FinishedChunks(trained);
    }

    @Override
    public List<Share> shares() {
      return List.of(share);
    }

    @Override
    public Share next() {
      begun++;
      if (begun == partials.range().count()) {
        reduction = Optional.of(exchange.beginReduceScatter(partials, trained, partials.first()));
      }
      return share;
    }

    @Override
    public void finished(long from, long to) {
      finished.finished(from, to, this::take);
    }

    private void take(int chunk) {
      long start = trained.start(chunk);
      partials.add(gradient, start, start + trained.length(chunk));
      reduction.ifPresent(under -> under.offer(chunk, chunk + 1));
    }

    @Override
    public void endMicroBatch(Update update) {
      finished.rest(this::take);
      finished.reset();
      partials.add(gradient, layout.trained(), layout.length());
      partials.advance();
    }

    @Override
    public void endStep(long step, Update update) {
      INDArray sum = partials.first();
      reduction.orElseThrow().finish();
      reduction = Optional.empty();
      begun = 0;
      // Summing moments does not use the gradient's memory, so the update may come afterwards.
      exchange.reduceScatter(partials, statistics, sum);
      update.apply(share, sum);
      exchange.allGather(trained, share.parameters());
      exchange.allGather(statistics, sum);
      update.statistics(share, sum);
    }

    @Override
    public boolean together(long steps) {
      return true;
    }

    @Override
    public void collect(Fill fill, INDArray target) {
      fill.fill(share, target);
      exchange.allGather(trained, target);
    }

    @Override
    public List<State> state(long steps) {
      return List.of();
    }

    @Override
    public void restored(long steps) {
      // The vector of parameters is the only state.
    }

    @Override
    public void close() {
      partials.close();
    }
  }
}
