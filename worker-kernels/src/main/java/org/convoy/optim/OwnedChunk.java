package org.convoy.optim;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A chunk of flat vectors that one owner updates, in the host's memory.
 *
 * @param from its first element in the whole vector
 * @param parameters (n) of the chunk
 * @param gradient (n) of the chunk, summed over micro-batches
 * @param state one (n) for each of {@link Optimizer#stateNames()}
 * @param companions one (n) for each vector that follows the parameters
 * @param pieces what moves of it, ascending
 */
public record OwnedChunk(
    long from,
    INDArray parameters,
    INDArray gradient,
    List<INDArray> state,
    List<INDArray> companions,
    List<Piece> pieces) {

  /**
   * Neighbours that move with the same settings. Frozen parameters are in no piece.
   *
   * @param from its first element in the whole vector
   * @param to one past its last
   * @param rate the factor of the learning rate
   * @param decay which of its elements decay, counted from its start
   */
  public record Piece(long from, long to, double rate, DecayMask decay) {}

  /** Copies the lists. */
  public OwnedChunk {
    state = List.copyOf(state);
    companions = List.copyOf(companions);
    pieces = List.copyOf(pieces);
  }
}
