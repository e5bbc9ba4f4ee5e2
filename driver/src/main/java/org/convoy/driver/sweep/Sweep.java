package org.convoy.driver.sweep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.convoy.task.Metric;

/**
 * Trains the points of a {@link SweepSpace} one after the other and compares them by the task's
 * yardstick. A sweep that was interrupted goes on where it was.
 */
public final class Sweep {
  private final SweepPlan plan;
  private final TrialRuns runs;
  private final Consumer<String> tell;

  /**
   * @param tell takes a line for the user at the end of each trial
   */
  public Sweep(SweepPlan plan, TrialRuns runs, Consumer<String> tell) {
    this.plan = plan;
    this.runs = runs;
    this.tell = tell;
  }

  /**
   * Checks every point's recipe.
   *
   * @throws org.convoy.driver.config.RecipeException if a point does not fit the recipe
   * @throws org.convoy.settings.RequestException if a point has nothing to be compared by
   */
  public void check() {
    plan.points().forEach(runs::recipe);
  }

  /**
   * Trains.
   *
   * @param images of training, from which the length of a whole run follows
   * @return the trials, the best first
   * @throws IOException if a folder cannot be read or written
   */
  public List<Trial> run(int images) throws IOException, InterruptedException {
    Metric yardstick = yardstick();
    List<Trial> trials = new ArrayList<>();
    for (List<String> point : plan.points()) {
      trials.add(new Trial(trials.size() + 1, point, 0, List.of(), ""));
    }
    for (Search.Round round : plan.search().rounds(trials.size())) {
      List<Trial> going = List.copyOf(trials.subList(0, round.trials()));
      for (Trial trial : going) {
        Trial done = runs.train(trial, round.part(), images);
        trials.set(trials.indexOf(trial), done);
        tell.accept(done.line(yardstick));
      }
      trials.subList(0, round.trials()).sort(Trial.bestFirst(yardstick));
    }
    return trials;
  }

  /** The metric that trials are compared by. */
  public Metric yardstick() {
    return runs.recipe(plan.points().get(0)).task().yardstick();
  }
}
