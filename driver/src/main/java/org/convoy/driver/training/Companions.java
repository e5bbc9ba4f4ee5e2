package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.List;
import org.convoy.driver.config.Recipe;
import org.convoy.optim.Companion;
import org.convoy.optim.EqualAverage;
import org.convoy.optim.WeightAverage;

/**
 * The vectors that follow a run's parameters, in the order in which they do after each update: slow
 * weights, which move the parameters, before averages of them.
 *
 * @param names under which checkpoints store them
 */
record Companions(List<String> names, List<Companion> rules) {
  static final String AVERAGE = "average";
  private static final String SLOW = "slow";

  static Companions of(RunSpec spec) {
    Recipe recipe = spec.recipe();
    List<String> names = new ArrayList<>();
    List<Companion> rules = new ArrayList<>();
    if (recipe.lookahead().on()) {
      names.add(SLOW);
      rules.add(recipe.lookahead().over(spec.horizon().steps()));
    }
    if (recipe.weightAverage().on()) {
      names.add(AVERAGE);
      rules.add(new WeightAverage(recipe.weightAverage().decay(), true));
    }
    if (recipe.swa().on()) {
      names.add(AVERAGE);
      rules.add(swa(spec));
    }
    return new Companions(names, rules);
  }

  /** The mean of the weights at the ends of some epochs. */
  private static EqualAverage swa(RunSpec spec) {
    long epoch = spec.horizon().stepsPerEpoch();
    return new EqualAverage(
        (spec.recipe().swa().fromEpoch() + 1) * epoch, spec.recipe().swa().everyEpochs() * epoch);
  }

  /** How many vectors of the length of the parameters a recipe takes for them. */
  static int count(Recipe recipe) {
    boolean averages = recipe.weightAverage().on() || recipe.swa().on();
    return (recipe.lookahead().on() ? 1 : 0) + (averages ? 1 : 0);
  }

  /**
   * Whether one of them is an average, which is evaluated in place of the parameters.
   *
   * @param steps done so far
   */
  boolean averages(long steps) {
    int at = names.indexOf(AVERAGE);
    return at >= 0 && !(rules.get(at) instanceof EqualAverage equal && equal.count(steps) == 0);
  }
}
