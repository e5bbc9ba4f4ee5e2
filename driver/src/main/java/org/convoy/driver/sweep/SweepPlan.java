package org.convoy.driver.sweep;

import java.util.List;
import java.util.Locale;
import org.convoy.settings.RequestException;

/**
 * What a sweep tries.
 *
 * @param folder of the sweep, a Hadoop path
 * @param search how points are chosen
 * @param points the overrides of each trial
 * @param folds of a cross-validation of each point; 0: each point is one run
 */
public record SweepPlan(String folder, Search search, List<List<String>> points, int folds) {
  /** Checks the numbers. */
  public SweepPlan {
    points = List.copyOf(points);
    if (folds == 1 || folds < 0) {
      throw new RequestException(
          String.format(Locale.ROOT, "--folds: expected at least 2, got %d", folds));
    }
  }

  /**
   * Chooses the points.
   *
   * @param trials the most points; 0: all of them
   * @param seed of the draws of a search that draws
   */
  public static SweepPlan of(
      String folder, Search search, SweepSpace space, int trials, long seed, int folds) {
    if (trials < 0) {
      throw new RequestException(
          String.format(Locale.ROOT, "--trials: expected at least 1, got %d", trials));
    }
    List<List<String>> points = search.points(space, trials == 0 ? space.size() : trials, seed);
    return new SweepPlan(folder, search, points, folds);
  }
}
