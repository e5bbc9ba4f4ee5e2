package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The way of updated parameters from their owners to the vector that every executor's network
 * computes with. They may be used from the first on while later ones are still on their way.
 *
 * <p>Where the owners keep master parameters apart, these are packed in a {@link WireFormat}, in
 * memory that is free after the update. Network threads unpack each chunk as it comes. What never
 * moves keeps its exact bits.
 */
final class ReturnedParameters {

  private final Exchange exchange;
  private final VectorLayout layout;
  private final Chunks chunks;
  private final VectorMemory memory;
  private final CrossingChunks crossing;
  private final INDArray vector;
  private final Floats masters;
  private final Floats working;
  private final INDArray packed;
  private final boolean apart;
  private Optional<AllGather> underWay = Optional.empty();

  /**
   * @param masters the parameters that owners update
   * @param working the parameters that the network computes with; may be the masters
   * @param packed memory for packed masters, as long as the part of them that moves
   * @param memory where the network computes with its parameters
   */
  ReturnedParameters(
      Exchange exchange,
      VectorLayout layout,
      INDArray masters,
      INDArray working,
      INDArray packed,
      VectorMemory memory) {
    this.exchange = exchange;
    this.layout = layout;
    this.chunks = layout.trainedChunks();
    this.memory = memory;
    this.crossing = new CrossingChunks(memory, chunks, exchange);
    this.vector = working;
    this.masters = Floats.of(masters);
    this.working = Floats.of(working);
    this.apart = !this.masters.sameMemory(this.working);
    this.packed = apart ? packed : working;
  }

  /** Begins to send the own chunks and to receive the others. */
  void begin(WireFormat wire) {
    Floats memory = Floats.of(packed);
    AllGather gather =
        exchange.beginAllGather(chunks, packed, wire, chunk -> take(chunk, memory, wire));
    underWay = Optional.of(gather);
    for (int chunk = exchange.rank(); chunk < chunks.count(); chunk += exchange.size()) {
      if (apart) {
        long start = chunks.start(chunk);
        wire.pack(masters, start, memory, start, chunks.length(chunk));
      }
      gather.send(chunk);
      take(chunk, memory, wire);
    }
  }

  /** Returns when elements {@code [from, to)} of the working parameters have their values. */
  void await(long from, long to) {
    for (int chunk = chunks.following(from);
        underWay.isPresent() && chunk < chunks.count() && chunks.start(chunk) < to;
        chunk++) {
      underWay.get().await(chunk);
    }
  }

  private void take(int chunk, Floats memory, WireFormat wire) {
    if (apart) {
      long start = chunks.start(chunk);
      int length = chunks.length(chunk);
      wire.unpack(memory, start, working, start, length);
      keepStill(start, start + length);
    }
  }

  /** Returns when all parameters have their values and the packed ones are of no more use. */
  void awaitAll() {
    await(0, layout.trained());
    if (underWay.isPresent()) {
      underWay.get().finish();
      underWay = Optional.empty();
      if (apart) {
        crossing.sendOwned(vector);
      }
      crossing.sendOthers(vector);
    }
  }

  /** Takes back all memory, whether or not all parameters have come. */
  void abandon() {
    underWay.ifPresent(AllGather::abandon);
  }

  /** Makes the working parameters of the masters without sending any. */
  void round(WireFormat wire) {
    if (apart) {
      for (int chunk = 0; chunk < chunks.count(); chunk++) {
        wire.round(working, chunks.start(chunk), chunks.length(chunk));
      }
      keepStill(0, layout.length());
      memory.send(vector, 0, layout.length());
    }
  }

  private void keepStill(long from, long to) {
    for (VectorLayout.Range range : layout.still()) {
      long first = Math.max(from, range.from());
      long count = Math.min(to, range.to()) - first;
      if (count > 0) {
        working.copy(first, masters, first, count);
      }
    }
  }
}
