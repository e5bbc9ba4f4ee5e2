package org.convoy.driver.exchange;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Synchronous descent, float32 on the wire: every step the gradients of all M micro-batches are
 * added in the order of the {@link SumTree}, each executor updates the chunks that it owns, and the
 * new parameters go to everybody. All ranks hold the same bytes after every step, and their number
 * is not part of the result.
 */
public record SynchronousSum() implements Combination {

  @Override
  public Combiner open(Exchange exchange, MicroBatches microBatches, Chunks chunks) {
    return new Sums(exchange, new PartialSums(microBatches, chunks.to()), chunks);
  }

  @Override
  public long bytes(MicroBatches microBatches, Chunks chunks) {
    return PartialSums.bytes(microBatches, chunks.to()) + ReduceScatter.STAGING_BYTES;
  }

  private record Sums(Exchange exchange, PartialSums partials, Chunks chunks) implements Combiner {

    @Override
    public void add(INDArray gradient) {
      partials.add(gradient);
    }

    @Override
    public void step(INDArray parameters, Update update) {
      INDArray sum = partials.first();
      exchange.reduceScatter(partials, chunks, sum);
      int count = partials.range().total();
      update.apply(sum, count, chunks, exchange.rank(), exchange.size());
      exchange.allGather(chunks, parameters);
    }

    @Override
    public void close() {
      partials.close();
    }
  }
}
