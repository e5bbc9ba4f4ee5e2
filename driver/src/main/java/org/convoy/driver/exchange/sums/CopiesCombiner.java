package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongPredicate;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Trains a copy of the parameters for each group of micro-batches, with an optimizer of its own. In
 * every step a group sums its micro-batches' gradients exactly, in the order of the {@link SumTree}
 * over them, and moves its copy. After some steps all copies become one: their mean, summed in the
 * order of the tree over groups, or what an {@link OuterStep} makes of it. Nothing else is
 * exchanged.
 *
 * <p>An executor with several groups computes them in turn. The recipe fixes the groups, so any
 * number of executors up to the number of groups ends with the same bytes.
 *
 * <p>Each group also has its own running statistics, which are averaged with the parameters.
 * Evaluating or saving a model before the copies become one uses their mean, and does not change
 * them.
 */
final class CopiesCombiner implements Combiner {

  private final LongPredicate meets;
  private final boolean averageOptimizerState;
  private final Optional<OuterStep> outer;
  private final Exchange exchange;
  private final VectorLayout layout;
  private final int groups;
  private final int perGroup;
  private final INDArray gradient;
  private final VectorMemory memory;
  private final List<Share> shares = new ArrayList<>();
  private final List<PartialSums> gradientSums;
  private final PartialSums mean;
  private int ended;

  /**
   * @param meets whether all copies become one at the end of a number of steps
   * @param averageOptimizerState whether the optimizers' states become their mean, too
   * @param outer moves what all copies become; without it they become their mean
   */
  CopiesCombiner(
      LongPredicate meets,
      boolean averageOptimizerState,
      Optional<OuterStep> outer,
      Exchange exchange,
      MicroBatches range,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient,
      VectorMemory memory) {
    this.meets = meets;
    this.averageOptimizerState = averageOptimizerState;
    this.outer = outer;
    this.exchange = exchange;
    this.layout = layout;
    this.groups = range.groups();
    this.perGroup = range.perGroup();
    this.gradient = gradient;
    this.memory = memory;
    this.gradientSums =
        perGroup == 1
            ? List.of()
            : List.of(
                new PartialSums(
                    range.ofOneGroup(), layout.length(), WireFormat.FLOAT32, gradient, memory));
    INDArray sum = gradientSums.isEmpty() ? gradient : gradientSums.get(0).first();
    MicroBatches own = range.asGroups();
    for (int group = own.from(); group < own.to(); group++) {
      INDArray copy = group == own.from() ? parameters : parameters.dup();
      memory.hold(copy);
      memory.send(copy, 0, copy.length());
      shares.add(new Share(shares.size(), OptionalInt.of(group), copy, sum, 0, 1, perGroup));
    }
    this.mean = new PartialSums(own, layout.length());
  }

  @Override
  public List<Share> shares() {
    return List.copyOf(shares);
  }

  @Override
  public INDArray next() {
    return current().parameters();
  }

  private Share current() {
    return shares.get(ended / perGroup);
  }

  @Override
  public void finished(long from, long to) {
    // A group's gradient stays on this executor, so nothing can be sent early.
  }

  @Override
  public void endMicroBatch(Update update) {
    Share share = current();
    ended++;
    if (gradientSums.isEmpty()) {
      update(update, share);
      return;
    }
    PartialSums sums = gradientSums.get(0);
    sums.add(gradient);
    if (sums.complete()) {
      memory.fetch(share.sum(), layout.trained(), layout.length()).run();
      update(update, share);
      sums.reset();
    }
  }

  private static void update(Update update, Share share) {
    update.statistics(share, share.sum());
    update.apply(share);
  }

  @Override
  public void endStep(long step, Update update) {
    ended = 0;
    if (!together(step + 1)) {
      return;
    }
    fetchParameters();
    for (Share share : shares) {
      mean.add(share.parameters());
    }
    average(layout.allChunks(), outer);
    for (Share share : shares) {
      take(share.parameters());
      memory.send(share.parameters(), 0, layout.length());
    }
    if (averageOptimizerState) {
      averageState(update);
    }
  }

  /** Brings the parameters of all copies to the host. */
  private void fetchParameters() {
    shares.stream()
        .map(share -> memory.fetch(share.parameters(), 0, layout.trained()))
        .toList()
        .forEach(Runnable::run);
  }

  private void averageState(Update update) {
    List<List<List<INDArray>>> states = new ArrayList<>();
    for (Share share : shares) {
      states.add(update.state(share));
    }
    Floats all = Floats.of(mean.first());
    Floats scratch = Floats.of(gradient);
    Chunks chunks = layout.trainedChunks();
    for (int vector = 0; vector < states.get(0).size(); vector++) {
      for (List<List<INDArray>> state : states) {
        copy(chunks, state.get(vector), scratch, true);
        mean.add(gradient);
      }
      average(chunks, Optional.empty());
      for (List<List<INDArray>> state : states) {
        copy(chunks, state.get(vector), all, false);
      }
    }
    shares.forEach(update::stateChanged);
  }

  /** Copies a vector between one array for each chunk and one array of its whole length. */
  private static void copy(Chunks chunks, List<INDArray> parts, Floats whole, boolean in) {
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      Floats part = Floats.of(parts.get(chunk));
      long start = chunks.start(chunk);
      int length = chunks.length(chunk);
      if (in) {
        whole.copy(start, part, 0, length);
      } else {
        part.copy(0, whole, start, length);
      }
    }
  }

  /**
   * Computes the mean of all groups' vectors in {@code mean.first()}, once they have been added.
   *
   * @param then moves the mean, each executor its chunks
   */
  private void average(Chunks chunks, Optional<OuterStep> then) {
    INDArray vector = mean.first();
    exchange.reduceScatter(mean, chunks, vector);
    Floats sums = Floats.of(vector);
    for (int chunk = exchange.rank(); chunk < chunks.count(); chunk += exchange.size()) {
      int owned = chunk;
      sums.divide(chunks.start(chunk), chunks.length(chunk), groups);
      then.ifPresent(step -> step.move(owned, sums));
    }
    exchange.allGather(chunks, vector);
  }

  @Override
  public boolean together(long steps) {
    return meets.test(steps);
  }

  @Override
  public void collect(Fill fill, INDArray target) {
    fetchParameters();
    for (Share share : shares) {
      fill.fill(share, target);
      mean.add(target);
    }
    average(layout.allChunks(), Optional.empty());
    take(target);
  }

  /** Copies the mean. Elements that never move keep their exact bits; a mean could round them. */
  private void take(INDArray target) {
    Floats to = Floats.of(target);
    Floats from = Floats.of(mean.first());
    for (VectorLayout.Range range : layout.moving()) {
      to.copy(range.from(), from, range.from(), range.to() - range.from());
    }
  }

  @Override
  public List<State> state(long steps) {
    List<State> state = new ArrayList<>();
    outer.ifPresent(each -> state.addAll(each.state()));
    Chunks chunks = layout.allChunks();
    if (!together(steps)) {
      fetchParameters();
      for (Share share : shares) {
        INDArray moving =
            share.parameters().get(NDArrayIndex.interval(chunks.start(0), chunks.end()));
        state.add(new State("parameters", share.group().getAsInt(), moving));
      }
    }
    return state;
  }

  /** Copies what never moves, and so is not in the state of a copy. */
  private void keepStill(INDArray from, INDArray to) {
    for (VectorLayout.Range range : layout.still()) {
      Floats.of(to).copy(range.from(), Floats.of(from), range.from(), range.to() - range.from());
    }
  }

  @Override
  public void restored(long steps) {
    INDArray first = shares.get(0).parameters();
    for (Share share : shares.subList(1, shares.size())) {
      if (together(steps)) {
        share.parameters().assign(first);
      } else {
        keepStill(first, share.parameters());
      }
    }
    for (Share share : shares) {
      memory.send(share.parameters(), 0, layout.length());
    }
  }

  @Override
  public void close() {
    for (Share share : shares.subList(1, shares.size())) {
      memory.release(share.parameters());
      share.parameters().close();
    }
    gradientSums.forEach(PartialSums::close);
    mean.close();
    outer.ifPresent(OuterStep::close);
  }
}
