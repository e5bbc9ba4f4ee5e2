package org.convoy.driver.training;

import java.util.Optional;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.monitor.EpochRecord;
import org.convoy.driver.monitor.RunHistory;
import org.convoy.driver.monitor.StepRecord;
import org.convoy.graph.Parameters;
import org.convoy.task.Metric;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a run has achieved so far: its history, the epoch under way, and the best weights. All
 * executors have the same, and checkpoints hold it.
 */
final class Progress implements AutoCloseable {
  private final Recipe recipe;
  private final EpochMeter meter = new EpochMeter();
  private final BestWeights best;
  private final Metric yardstick;
  private RunHistory history = new RunHistory();

  /**
   * @param layout the network's parameters
   */
  Progress(Recipe recipe, Parameters layout) {
    this.recipe = recipe;
    this.best = new BestWeights(recipe.checkpoint().best(), layout);
    this.yardstick = recipe.task().yardstick();
  }

  /** Goes on from a checkpoint, whose epoch and best weights have been read. */
  void restored(RunHistory saved) {
    history = saved;
  }

  RunHistory history() {
    return history;
  }

  /** The epoch under way. */
  EpochMeter epoch() {
    return meter;
  }

  /** The weights of the best epoch. */
  BestWeights best() {
    return best;
  }

  /**
   * Notes a step.
   *
   * @param step the steps done since the run's beginning
   * @param learningRate with which it was taken
   */
  void step(long step, int epoch, double loss, double learningRate) {
    meter.add(loss);
    double rate = meter.lastRate(recipe.batch().globalSize());
    history.add(new StepRecord(step, epoch + 1, loss, learningRate, rate));
  }

  /**
   * Notes an epoch, which becomes the last of the history; the meter still has it.
   *
   * @param validated the weights that were validated; empty if none were
   * @return whether it is the best so far
   */
  boolean epoch(EpochRecord record, Optional<INDArray> validated) {
    history.add(record);
    return validated.isPresent()
        && history.best(yardstick).filter(found -> found.step() == record.step()).isPresent();
  }

  /** Whether the recipe wants the run to stop here. */
  boolean stopsEarly() {
    return recipe.earlyStopping().on()
        && history.epochsSinceBest(yardstick) >= recipe.earlyStopping().patienceEpochs();
  }

  /** What the driver is told if the run stops early. */
  Message.StoppedEarly stoppedEarly() {
    int epoch = history.best(yardstick).orElseThrow().epoch();
    return new Message.StoppedEarly(epoch + history.epochsSinceBest(yardstick), epoch);
  }

  /** Whether the best weights are kept and are those of an earlier epoch. */
  boolean bestIsEarlier() {
    return best.kept().isPresent() && history.epochsSinceBest(yardstick) > 0;
  }

  @Override
  public void close() {
    best.close();
  }
}
