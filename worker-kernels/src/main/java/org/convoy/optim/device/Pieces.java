package org.convoy.optim.device;

import java.util.ArrayList;
import java.util.List;
import org.convoy.optim.DecayMask;
import org.convoy.optim.OwnedChunk;

/**
 * What one owner updates, as numbers that kernels look their index up in ({@code optimizers.cuh}).
 * An index counts the elements that move. State lies chunk by chunk, one behind the other.
 */
final class Pieces {
  /** The numbers of a row. */
  static final int ROW = 5;

  /** The numbers of a part of a tensor. */
  static final int TENSOR_PART = 3;

  private final List<Long> rows = new ArrayList<>();
  private final List<Long> ranges = new ArrayList<>();
  private final List<Long> tensorParts = new ArrayList<>();
  private final List<Double> rates = new ArrayList<>();
  private final List<Long> stateAt = new ArrayList<>();
  private int tensors;
  private long elements;
  private long stateLength;

  Pieces(List<OwnedChunk> chunks) {
    for (OwnedChunk chunk : chunks) {
      stateAt.add(stateLength);
      for (OwnedChunk.Piece piece : chunk.pieces()) {
        ranges.addAll(List.of(piece.from(), piece.to()));
        add(piece, stateLength + piece.from() - chunk.from());
      }
      stateLength += chunk.parameters().length();
    }
  }

  /** Cuts a piece where decay begins and ends. */
  private void add(OwnedChunk.Piece piece, long state) {
    long first = elements;
    long length = piece.to() - piece.from();
    int rate = rates.indexOf(piece.rate());
    if (rate < 0) {
      rate = rates.size();
      rates.add(piece.rate());
    }
    long at = 0;
    List<DecayMask.Range> decays = piece.decay().ranges();
    for (int i = 0; i < decays.size(); i++) {
      DecayMask.Range range = decays.get(i);
      int tensor = piece.decay().first() + i;
      row(piece.from() + at, state + at, range.from() - at, -1, rate);
      tensorParts.addAll(List.of(elements, elements + range.to() - range.from(), first));
      row(
          piece.from() + range.from(),
          state + range.from(),
          range.to() - range.from(),
          tensor,
          rate);
      tensors = Math.max(tensors, tensor + 1);
      at = range.to();
    }
    row(piece.from() + at, state + at, length - at, -1, rate);
  }

  private void row(long element, long state, long length, int tensor, int rate) {
    if (length > 0) {
      rows.addAll(List.of(elements, element, state, (long) tensor, (long) rate));
      elements += length;
    }
  }

  /** The rows, ascending by their first index. */
  long[] rows() {
    return rows.stream().mapToLong(Long::longValue).toArray();
  }

  /** The first element of each piece and one past its last, in the whole vector. */
  long[] ranges() {
    return ranges.stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * For each part of a tensor that decays its first index, one past its last, and the first index
   * of its piece.
   */
  long[] tensorParts() {
    return tensorParts.stream().mapToLong(Long::longValue).toArray();
  }

  /** The factors of the learning rate that occur. */
  List<Double> rates() {
    return List.copyOf(rates);
  }

  /** One past the largest number of a tensor that decays. */
  int tensors() {
    return tensors;
  }

  /** How many elements move. */
  long elements() {
    return elements;
  }

  /** Where the state of a chunk begins. */
  long stateAt(int chunk) {
    return stateAt.get(chunk);
  }

  /** The length of a state vector. */
  long stateLength() {
    return stateLength;
  }
}
