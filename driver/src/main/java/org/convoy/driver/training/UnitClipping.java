package org.convoy.driver.training;

import java.util.function.Function;
import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.optim.AdaptiveClipping;
import org.convoy.optim.Units;
import org.convoy.optim.Updater;

/**
 * Clips the gradients of a share's units. A unit may lie in chunks of several owners, so all owners
 * gather their sums first.
 */
final class UnitClipping {
  private final AdaptiveClipping rule;
  private final Units units;
  private final Chunks chunks;

  UnitClipping(AdaptiveClipping rule, Units units, Chunks chunks) {
    this.rule = rule;
    this.units = units;
    this.chunks = chunks;
  }

  /**
   * Scales the owned chunks of the summed gradient.
   *
   * @param microBatches how many were summed: the mean gradient is clipped
   * @param gather collects the owners' numbers, by rank
   */
  void apply(OwnedChunks owned, int microBatches, Function<double[], double[][]> gather) {
    Updater updater = owned.updater();
    double[][] all = gather.apply(updater.unitSquares(units));
    updater.scale(units, factors(all, microBatches));
  }

  /** The factor of each unit, from the sums of all owners, added in the order of the chunks. */
  private double[] factors(double[][] all, int microBatches) {
    int[] next = new int[all.length];
    double[] parameters = new double[units.count()];
    double[] gradients = new double[units.count()];
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int owner = chunks.owner(chunk, all.length);
      long from = chunks.start(chunk);
      int first = units.first(from);
      int count = units.within(from, from + chunks.length(chunk));
      for (int unit = first; unit < first + count; unit++) {
        parameters[unit] += all[owner][next[owner]++];
        gradients[unit] += all[owner][next[owner]++];
      }
    }
    double[] factors = new double[units.count()];
    for (int unit = 0; unit < factors.length; unit++) {
      double gradient = Math.sqrt(gradients[unit]) / microBatches;
      factors[unit] = rule.scale(Math.sqrt(parameters[unit]), gradient);
    }
    return factors;
  }
}
