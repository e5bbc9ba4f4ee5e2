package org.convoy.optim;

import java.util.List;

/**
 * The learning rate as a function of the step alone, steps counted from 0 over the whole run
 * (warm-up included). Computed with {@link StrictMath}, so that every machine gets the same bits.
 */
public sealed interface Schedule {
  /**
   * The learning rate of a step.
   *
   * @param step from 0; past the end of the run the last rate stays
   */
  double at(long step);

  /** The same rate throughout. */
  static Schedule constant(double rate) {
    return new Constant(rate);
  }

  /**
   * The rate times {@code gamma} to the number of milestones passed.
   *
   * @param milestoneEpochs ascending points in epochs; the first step at one already has the
   *     smaller rate
   */
  static Schedule step(double rate, double gamma, List<Double> milestoneEpochs, Horizon horizon) {
    return new Step(rate, gamma, milestoneEpochs.stream().map(horizon::stepAt).toList());
  }

  /**
   * Half a cosine (Loshchilov and Hutter 2017, one period) from {@code rate} to {@code floor},
   * which the last step of the horizon has exactly.
   */
  static Schedule cosine(double rate, double floor, Horizon horizon) {
    return new Cosine(rate, floor, 0, horizon.steps() - 1);
  }

  /**
   * This schedule behind a linear warm-up of some steps, which take the place of its first ones:
   * step s of w has {@code (s + 1) / w} of the full rate, so the first is {@code rate / w}, not 0,
   * and the last, w - 1, is the full rate. A cosine begins its descent at that step; milestones
   * stay where they are.
   *
   * @param steps number of warm-up steps; 0 leaves the schedule as it is
   */
  default Schedule withWarmup(long steps) {
    return steps == 0 ? this : new Warmup(steps, startingAt(steps - 1));
  }

  /** This schedule with its first change, if it is one that stretches, after the given step. */
  private Schedule startingAt(long step) {
    return this instanceof Cosine c
        ? new Cosine(c.rate(), c.floor(), step, Math.max(step, c.last()))
        : this;
  }

  /**
   * The same rate throughout.
   *
   * @param rate finite, not negative
   */
  record Constant(double rate) implements Schedule {
    /** Checks the rate. */
    public Constant {
      checkRate("learning rate", rate);
    }

    @Override
    public double at(long step) {
      return rate;
    }
  }

  /**
   * A rate that drops at milestones.
   *
   * @param rate before the first milestone
   * @param gamma factor at each
   * @param milestones the first steps at the smaller rates, ascending
   */
  record Step(double rate, double gamma, List<Long> milestones) implements Schedule {
    /** Checks that the milestones ascend. */
    public Step {
      checkRate("learning rate", rate);
      checkRate("gamma", gamma);
      milestones = List.copyOf(milestones);
      for (int i = 0; i < milestones.size(); i++) {
        long before = i == 0 ? 0 : milestones.get(i - 1);
        if (milestones.get(i) <= before) {
          throw new IllegalArgumentException(
              "milestones: expected ascending steps above 0, got " + milestones);
        }
      }
    }

    @Override
    public double at(long step) {
      double now = rate;
      for (long milestone : milestones) {
        if (step >= milestone) {
          now *= gamma;
        }
      }
      return now;
    }
  }

  /**
   * Half a cosine.
   *
   * @param rate up to step {@code first}
   * @param floor from step {@code last} on
   * @param first the last step at the full rate
   * @param last the first step at the floor
   */
  record Cosine(double rate, double floor, long first, long last) implements Schedule {
    /** Checks that the floor is not above the rate. */
    public Cosine {
      checkRate("learning rate", rate);
      checkRate("floor", floor);
      if (floor > rate) {
        throw new IllegalArgumentException(
            "floor: expected at most the rate " + rate + ", got " + floor);
      }
      if (first < 0 || last < first) {
        throw new IllegalArgumentException(
            "cosine: expected 0 <= first <= last, got " + first + " and " + last);
      }
    }

    @Override
    public double at(long step) {
      if (step <= first) {
        return rate;
      }
      if (step >= last) {
        return floor;
      }
      double part = (double) (step - first) / (last - first);
      return floor + (rate - floor) * 0.5 * (1 + StrictMath.cos(Math.PI * part));
    }
  }

  /**
   * A linear rise to another schedule.
   *
   * @param steps how many steps it takes, at least 1
   * @param after the schedule from then on; its rate at step {@code steps - 1} is what the rise
   *     reaches
   */
  record Warmup(long steps, Schedule after) implements Schedule {
    /** Checks the number of steps. */
    public Warmup {
      if (steps < 1) {
        throw new IllegalArgumentException("warm-up: expected at least 1 step, got " + steps);
      }
    }

    @Override
    public double at(long step) {
      return step < steps - 1 ? after.at(steps - 1) * (step + 1) / steps : after.at(step);
    }
  }

  private static void checkRate(String what, double rate) {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(what + ": expected finite and >= 0, got " + rate);
    }
  }
}
