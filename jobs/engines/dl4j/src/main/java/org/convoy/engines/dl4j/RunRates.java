package org.convoy.engines.dl4j;

import org.convoy.optim.Horizon;
import org.convoy.optim.Schedule;
import org.nd4j.linalg.schedule.ISchedule;

/** A recipe's learning rate, by the number of the step. */
final class RunRates implements ISchedule {
  private static final long serialVersionUID = 1L;

  private final Schedule schedule;
  private final long stepsPerEpoch;
  private final long epochs;
  private final long firstStep;

  /**
   * @param firstStep the step of DL4J's iteration 0
   */
  RunRates(Schedule schedule, Horizon horizon, long firstStep) {
    this.firstStep = firstStep;
    this.schedule = schedule;
    this.stepsPerEpoch = horizon.stepsPerEpoch();
    this.epochs = horizon.epochs();
  }

  @Override
  public double valueAt(int iteration, int epoch) {
    Horizon horizon = new Horizon(stepsPerEpoch, epochs);
    return schedule.over(horizon).at(Math.min(firstStep + iteration, horizon.steps() - 1));
  }

  /** Itself, for it does not change. */
  @Override
  @SuppressWarnings("MissingSuperCall")
  public ISchedule clone() {
    return this;
  }
}
