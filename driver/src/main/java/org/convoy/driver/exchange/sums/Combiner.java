package org.convoy.driver.exchange.sums;

import java.util.List;
import java.util.OptionalInt;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One executor's part in a {@link Combination}, step after step. It takes gradients as backward
 * finishes them, says which parameters this executor updates and when, and leaves the parameters
 * that the next step is to use. It owns its buffers and its state. The {@link Update} decides what
 * is done with a combined gradient, clipping included.
 *
 * <p>In a step, each of the executor's micro-batches calls {@link #next}, then {@link #finished}
 * whenever backward has finished a range, then {@link #endMicroBatch}. {@link #endStep} ends the
 * step. All ranks go through the same steps in lockstep. Between the first {@link #next} and the
 * end of {@link #endStep}, callers use the {@link Exchange} only in {@link Update#apply}.
 */
public interface Combiner extends AutoCloseable {

  /**
   * Parameters that this executor updates: the chunks c of a vector with {@code c mod owners ==
   * rank}.
   *
   * @param number its place in {@link #shares}
   * @param group the group of micro-batches whose own copy this is; empty for a vector that all
   *     executors have in common
   * @param parameters the whole vector; of the part that an optimizer moves, the share's chunks
   *     count
   * @param sum the memory of the sum of the share's gradients, valid in its chunks when {@link
   *     Update#apply} is called; at least as long as the trained part of the parameters
   * @param microBatches the number of micro-batches whose gradients are summed for one update
   */
  record Share(
      int number,
      OptionalInt group,
      INDArray parameters,
      INDArray sum,
      int rank,
      int owners,
      int microBatches) {

    /** Whether every executor updates the same parameters in the same manner. */
    public boolean everywhere() {
      return group.isEmpty() && owners == 1;
    }
  }

  /** Updates parameters with a combined gradient, as the optimizer does. */
  interface Update {

    /**
     * Moves the parameters of a share by one step, by its {@link Share#sum}. Where several ranks
     * own a vector, all of them are called at the same time and may use the exchange.
     */
    void apply(Combiner.Share share);

    /**
     * Moves the running statistics of a share's vector by one step. Every rank moves its own copy.
     *
     * @param moments the sum of the share's moments, valid in the whole of the statistics
     */
    void statistics(Combiner.Share share, INDArray moments);

    /**
     * The vectors that the optimizer keeps for a share. Each is a list of arrays, one for each
     * chunk of the share.
     */
    List<List<INDArray>> state(Combiner.Share share);

    /** To be called when the arrays of {@link #state} have been given other values. */
    default void stateChanged(Combiner.Share share) {
      // Only an optimizer whose state is not in the host's memory has something to do.
    }
  }

  /** Writes a share's part of a vector that represents all shares. */
  @FunctionalInterface
  interface Fill {
    /**
     * Writes the whole of {@code target}; where several ranks own a vector, only the share counts.
     */
    void fill(Combiner.Share share, INDArray target);
  }

  /**
   * State that a checkpoint must hold in addition to parameters and the optimizer's state. It may
   * belong to a group or to a chunk but never to a rank, or results would depend on the number of
   * ranks.
   *
   * @param name letters, digits and hyphens
   * @param part number of the group or of the chunk
   * @param array float32, filled when a checkpoint is read
   * @param everywhere whether every executor holds it, with the same values
   */
  record State(String name, int part, INDArray array, boolean everywhere) {

    /** State that one executor holds. */
    State(String name, int part, INDArray array) {
      this(name, part, array, false);
    }
  }

  /** The shares that this executor updates. They stay the same throughout the run. */
  List<Share> shares();

  /**
   * Begins a micro-batch, and returns the vector of parameters that computes it. They have their
   * values after {@link #awaitAll}.
   */
  INDArray next();

  /**
   * Begins to return updated parameters from their owners to all executors. To be called after
   * {@link #endStep}, when the caller has nothing to exchange that it waits for. If it is not
   * called, the first wait does it.
   */
  default void returnParameters() {
    // Only a combination whose parameters are updated by their owners has something to do.
  }

  /**
   * Waits until elements {@code [from, to)} of the vector of {@link #next} have the values of the
   * step.
   */
  default void await(long from, long to) {
    // As above.
  }

  /**
   * Waits until all parameters have the values of the step. To be called before a backward pass,
   * and before parameters or {@link #state} are read.
   */
  default void awaitAll() {
    // As above.
  }

  /**
   * Elements {@code [from, to)} of the micro-batch's gradient will not change any more. Each
   * element is reported at most once. Elements that are not reported are finished at the
   * micro-batch's end.
   */
  void finished(long from, long to);

  /** Ends a micro-batch: its gradient and its moments are complete. */
  void endMicroBatch(Update update);

  /**
   * Ends a step. Updated parameters may still have to return: see {@link #awaitAll}.
   *
   * @param step the number of steps before this one
   */
  void endStep(long step, Update update);

  /**
   * Whether the vector of parameters that the combination was opened with is on every rank what is
   * to be evaluated and saved. If not, {@link #collect} makes it.
   *
   * @param steps done so far
   */
  boolean together(long steps);

  /**
   * Makes one vector that represents all shares, the same on every rank.
   *
   * @param target receives it; may be the gradient
   */
  void collect(Fill fill, INDArray target);

  /**
   * The state that a checkpoint must hold.
   *
   * @param steps done so far
   */
  List<State> state(long steps);

  /**
   * To be called when the parameters and {@link #state} have been read back.
   *
   * @param steps done by then
   */
  void restored(long steps);

  @Override
  void close();
}
