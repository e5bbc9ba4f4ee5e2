package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The way of chunks between the host, where they are exchanged, and the {@link VectorMemory} in
 * which they are computed with. Chunk c belongs to rank c mod the number of executors.
 */
final class CrossingChunks {
  private final VectorMemory memory;
  private final Chunks chunks;
  private final int rank;
  private final int size;

  CrossingChunks(VectorMemory memory, Chunks chunks, Exchange exchange) {
    this.memory = memory;
    this.chunks = chunks;
    this.rank = exchange.rank();
    this.size = exchange.size();
  }

  /** Sends the own chunks of a vector, which the host has changed. */
  void sendOwned(INDArray vector) {
    for (int chunk = rank; chunk < chunks.count(); chunk += size) {
      send(vector, chunk);
    }
  }

  /** Sends the chunks of other ranks, which the host has received. */
  void sendOthers(INDArray vector) {
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      if (chunks.owner(chunk, size) != rank) {
        send(vector, chunk);
      }
    }
  }

  private void send(INDArray vector, int chunk) {
    long start = chunks.start(chunk);
    memory.send(vector, start, start + chunks.length(chunk));
  }

  /** Brings the own chunks of a vector to the host. */
  void fetchOwned(INDArray vector) {
    List<Runnable> arriving = new ArrayList<>();
    for (int chunk = rank; chunk < chunks.count(); chunk += size) {
      long start = chunks.start(chunk);
      arriving.add(memory.fetch(vector, start, start + chunks.length(chunk)));
    }
    arriving.forEach(Runnable::run);
  }
}
