package org.convoy.driver.training;

import org.convoy.driver.config.ScheduleSettings;
import org.convoy.optim.Horizon;
import org.convoy.optim.Schedule;

/** What the recipe says of the learning rate, as a function of the step. */
final class Schedules {
  private Schedules() {}

  static Schedule of(ScheduleSettings settings, Horizon horizon) {
    double rate = settings.learningRate();
    Schedule curve =
        switch (settings.name()) {
          case CONSTANT -> Schedule.constant(rate);
          case STEP ->
              Schedule.step(
                  rate,
                  settings.gamma(),
                  settings.milestones().stream().map(Integer::doubleValue).toList(),
                  horizon);
          case COSINE -> Schedule.cosine(rate, settings.floor(), horizon);
        };
    return curve.withWarmup(horizon.stepAt(settings.warmUpEpochs()));
  }
}
