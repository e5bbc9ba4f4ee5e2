package org.convoy.driver.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.sweep.Trial;
import org.convoy.driver.sweep.TrialRuns;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.models.MbConvSpace;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.convoy.task.Metric;

/**
 * Searches {@link MbConvSpace} for the network that a recipe trains best, by the task's yardstick.
 * Each network is a trial: a run of the recipe with another {@code model.name}. A search that was
 * interrupted, or that is continued with more trials, draws the same networks again, and does not
 * train those again that have ended.
 */
public final class NetworkSearch {
  private final SearchPlan plan;
  private final TrialRuns runs;
  private final Consumer<String> tell;

  /**
   * @param tell takes a line for the user at the end of each trial
   */
  public NetworkSearch(SearchPlan plan, TrialRuns runs, Consumer<String> tell) {
    this.plan = plan;
    this.runs = runs;
    this.tell = tell;
  }

  /**
   * Trains.
   *
   * @param images of training, from which the length of a run follows
   * @param classes of the data
   * @return the trials, the best first
   * @throws IOException if a folder cannot be read or written
   */
  public List<Trial> run(int images, int classes) throws IOException, InterruptedException {
    Recipe plain = runs.recipe(List.of());
    Metric yardstick = plain.task().yardstick();
    Evolution evolution =
        new Evolution(MbConvSpace.choices(), plan, yardstick, fitting(plain, classes));
    List<Trial> trials = new ArrayList<>();
    while (trials.size() < plan.trials()) {
      List<Integer> genes = evolution.next();
      Trial trial =
          new Trial(
              trials.size() + 1,
              List.of("model.name=" + MbConvSpace.name(genes)),
              0,
              List.of(),
              "");
      Trial done = runs.train(trial, 1, images);
      evolution.add(genes, done.mean());
      trials.add(done);
      tell.accept(done.line(yardstick));
    }
    trials.sort(Trial.bestFirst(yardstick));
    return trials;
  }

  /** The metric that networks are compared by. */
  public Metric yardstick() {
    return runs.recipe(List.of()).task().yardstick();
  }

  /**
   * The recipe of the best network, for {@code train}.
   *
   * @param trials the best first
   * @return HOCON with every key
   */
  public String best(List<Trial> trials) {
    Trial best = trials.get(0);
    Recipe plain = runs.recipe(List.of());
    List<String> overrides = new ArrayList<>(best.overrides());
    overrides.add("name=" + plain.name() + "-best");
    return String.format(
        Locale.ROOT,
        "# The best of %d networks: trial %d, %s %.4f after %d steps.%n%n%s",
        trials.size(),
        best.number(),
        yardstick().name(),
        best.mean(),
        best.steps(),
        runs.recipe(overrides).toHocon());
  }

  private Predicate<List<Integer>> fitting(Recipe recipe, int classes) {
    if (plan.mostMultiplyAdds() == 0) {
      return genes -> true;
    }
    List<Integer> stated = recipe.model().input();
    return genes -> {
      Models.Model model = Models.get(MbConvSpace.name(genes));
      Shape input = stated.isEmpty() ? model.input() : new Shape(stated);
      Graph network = RequestException.asked(() -> model.build(input, classes));
      return network.multiplyAdds() <= plan.mostMultiplyAdds();
    };
  }
}
