package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.convoy.driver.checkpoint.StateKey;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.Weights;
import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.driver.exchange.sums.Combiner;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.VectorLayout;
import org.convoy.driver.exchange.sums.VectorMemory;
import org.convoy.image.loader.Batch;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.KernelThreads;
import org.convoy.kernels.ParameterGate;
import org.convoy.kernels.RunningStatistics;
import org.convoy.optim.AdaptiveClipping;
import org.convoy.optim.Companion;
import org.convoy.optim.GlobalNorm;
import org.convoy.optim.HostUpdater;
import org.convoy.optim.LearningRate;
import org.convoy.optim.OwnedChunk;
import org.convoy.optim.StepSettings;
import org.convoy.optim.Updater;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Computes new parameters from micro-batches. {@link Backpropagation} computes gradients. The
 * combination's {@link Combiner} decides which of them are summed and which parameters this
 * executor updates. The optimizer updates those.
 */
final class Descent implements AutoCloseable {
  private final Recipe recipe;
  private final Exchange exchange;
  private final Weights weights;
  private final Backpropagation backpropagation;
  private final LearningRate schedule;
  private final StepClock clock;
  private final Chunks chunks;
  private final Combiner combiner;
  private final ParameterGate returning;
  private final ShareOwners owners;
  private final Optional<DeviceVectors> device;
  private final VectorMemory memory;
  private final INDArray common;
  private final List<OwnedChunks> owned = new ArrayList<>();
  private final ParameterGroups groups;
  private final Optional<UnitClipping> clipping;
  private final long samples;
  private RunningStatistics statistics;

  Descent(
      RunSpec spec,
      Exchange exchange,
      MicroBatches range,
      Weights weights,
      Backpropagation backpropagation,
      LearningRate schedule,
      StepClock clock) {
    this.recipe = spec.recipe();
    this.exchange = exchange;
    this.weights = weights;
    this.backpropagation = backpropagation;
    this.schedule = schedule;
    this.clock = clock;
    this.groups = new ParameterGroups(recipe.parameters(), weights.graph());
    VectorLayout vector = groups.vector(recipe.exchange().chunkFloats());
    this.chunks = vector.trainedChunks();
    this.clipping =
        Optional.of(recipe.adaptiveClipping())
            .filter(AdaptiveClipping::on)
            .map(rule -> new UnitClipping(rule, groups.units(rule.except()), chunks));
    this.device = backpropagation.device();
    this.common = weights.parameters();
    this.memory = device.<VectorMemory>map(there -> there).orElse(VectorMemory.HOST);
    Combination combination = recipe.exchange().combine();
    INDArray gradient = backpropagation.gradient();
    this.combiner = combination.open(exchange, range, vector, common, gradient, memory);
    this.returning = new ReturningParameters(combiner, clock);
    this.owners = new ShareOwners(exchange, chunks, clock);
    Companions companions = Companions.of(spec);
    for (Combiner.Share share : combiner.shares()) {
      owned.add(
          new OwnedChunks(
              recipe,
              companions,
              groups,
              chunks,
              share,
              mine -> updater(share, mine, companions.rules())));
    }
    this.samples = (long) combiner.shares().get(0).microBatches() * spec.places();
    this.statistics = statistics();
  }

  private Updater updater(Combiner.Share share, List<OwnedChunk> mine, List<Companion> rules) {
    return device.isPresent()
        ? device.get().updater(share, mine, recipe.optimizer(), rules)
        : new HostUpdater(mine, rules, KernelThreads.count());
  }

  /**
   * The update of running statistics depends on the number of positions, and so on the resolution.
   */
  private RunningStatistics statistics() {
    return new RunningStatistics(
        backpropagation.graph(), weights.layout(), samples, groups.frozen());
  }

  /**
   * Prepares for the network of an epoch.
   *
   * @param epoch from 0
   */
  void beginEpoch(int epoch) {
    backpropagation.beginEpoch(epoch);
    statistics = statistics();
  }

  /**
   * Computes this executor's next micro-batch of a step, and passes its gradient to the combiner.
   *
   * @param supervised the targets and weights of its samples
   * @param key the key of the micro-batch's random draws: its number in the run
   * @return its mean loss
   */
  double compute(long step, Batch batch, Supervised supervised, long key) {
    StepClock.Phase before = clock.enter(StepClock.Phase.COMPUTE);
    backpropagation.use(combiner.next());
    GradientListener listener = combiner::finished;
    double loss =
        backpropagation.compute(
            batch,
            supervised,
            key,
            returning,
            exchange.size() == 1 ? listener.atTheEnd() : listener);
    combiner.endMicroBatch(new Moving(step));
    clock.enter(before);
    return loss;
  }

  /**
   * Lets the parameters of the step that has ended return to all executors, while this one goes on.
   */
  void returnParameters() {
    combiner.returnParameters();
  }

  /**
   * Waits until the parameters have the values of the step that has ended. To be called before they
   * are read, other than by {@link #compute}.
   */
  void settle() {
    returning.awaitAll();
  }

  /** Ends a step, once all of this executor's micro-batches have been computed. */
  void end(long step) {
    StepClock.Phase before = clock.enter(StepClock.Phase.EXCHANGE);
    combiner.endStep(step, new Moving(step));
    if (device.isPresent()) {
      settle();
      long trained = weights.layout().trainableLength();
      weights.newerElsewhere(() -> memory.fetch(common, 0, trained).run());
    }
    weights.changed();
    clock.enter(before);
  }

  /** Applies the combined gradients and moments of a step. */
  private final class Moving implements Combiner.Update {
    private final long step;

    Moving(long step) {
      this.step = step;
    }

    @Override
    public void apply(Combiner.Share share) {
      StepClock.Phase before = clock.enter(StepClock.Phase.UPDATE);
      OwnedChunks mine = owned.get(share.number());
      clipping.ifPresent(
          each -> each.apply(mine, share.microBatches(), own -> owners.numbers(share, own)));
      double limit = recipe.gradientClipNorm();
      double scale =
          limit > 0
              ? GlobalNorm.clippedScale(
                  owners.norm(share, mine.squares()), share.microBatches(), limit)
              : 1.0 / share.microBatches();
      StepSettings settings = new StepSettings(schedule.at(step), step, scale);
      mine.update(settings, own -> owners.numbers(share, own));
      clock.enter(before);
    }

    @Override
    public void statistics(Combiner.Share share, INDArray moments) {
      StepClock.Phase before = clock.enter(StepClock.Phase.UPDATE);
      statistics.update(share.parameters(), moments, share.microBatches());
      memory.send(
          share.parameters(), weights.layout().trainableLength(), weights.layout().length());
      clock.enter(before);
    }

    @Override
    public List<List<INDArray>> state(Combiner.Share share) {
      OwnedChunks mine = owned.get(share.number());
      mine.updater().fetchState();
      return mine.stateNames().stream()
          .map(name -> List.copyOf(mine.state(name).values()))
          .toList();
    }

    @Override
    public void stateChanged(Combiner.Share share) {
      owned.get(share.number()).updater().sendState();
    }
  }

  /**
   * The parameters that are evaluated and saved: one vector for all copies. It holds the averages
   * of trained parameters if the recipe keeps averages.
   *
   * @param steps done so far
   */
  INDArray evaluated(long steps) {
    settle();
    boolean averages = owned.get(0).averages(steps);
    INDArray newest = weights.parameters();
    if (!averages && combiner.together(steps)) {
      return newest;
    }
    owned.forEach(each -> each.updater().fetchState());
    // The gradient's memory is free between steps.
    combiner.collect(
        (share, target) -> {
          target.assign(share.parameters());
          if (averages) {
            owned.get(share.number()).copyAverages(target);
          }
        },
        backpropagation.gradient());
    return backpropagation.gradient();
  }

  /**
   * Whether {@link #evaluated} gives averages.
   *
   * @param steps done so far
   */
  boolean averages(long steps) {
    return owned.get(0).averages(steps);
  }

  /**
   * The state that a checkpoint must hold in addition to the parameters. Its names do not depend on
   * the number of executors. Reading a checkpoint fills it.
   *
   * @param steps done so far
   */
  Map<StateKey, INDArray> state(long steps) {
    return DescentState.of(combiner, owned, steps, 0, 1);
  }

  /**
   * This executor's part of {@link #state}. What every executor holds is divided among them.
   *
   * @param steps done so far
   */
  Map<StateKey, INDArray> saved(long steps) {
    settle();
    owned.forEach(each -> each.updater().fetchState());
    return DescentState.of(combiner, owned, steps, exchange.rank(), exchange.size());
  }

  /**
   * Must be called when parameters and state have been read back.
   *
   * @param steps the number of steps done by then
   */
  void restored(long steps) {
    combiner.restored(steps);
    owned.forEach(each -> each.updater().sendState());
    memory.send(weights.parameters(), 0, weights.layout().length());
    weights.changed();
  }

  @Override
  public void close() {
    combiner.close();
    owned.forEach(OwnedChunks::close);
  }
}
