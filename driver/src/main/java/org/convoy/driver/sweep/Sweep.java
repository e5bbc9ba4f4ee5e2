package org.convoy.driver.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.training.TrainingFailedException;
import org.convoy.settings.RequestException;
import org.convoy.task.Metric;

/**
 * Trains the points of a {@link SweepSpace} one after the other and compares them by the task's
 * yardstick. A run that fails is noted, and the sweep goes on. A sweep that was interrupted goes on
 * where it was: each run resumes from its own folder.
 */
public final class Sweep {
  /** Makes a recipe with overrides. */
  @FunctionalInterface
  public interface Recipes {
    /**
     * The recipe.
     *
     * @throws org.convoy.driver.config.RecipeException if the overrides do not fit it
     */
    Recipe with(List<String> overrides);
  }

  /** Trains a run. */
  @FunctionalInterface
  public interface Training {
    /**
     * Trains to the end.
     *
     * @param folder of the run, a Hadoop path
     * @param resume whether the folder may hold a part of the run
     */
    RunSummary train(Recipe recipe, String folder, boolean resume)
        throws IOException, InterruptedException, TrainingFailedException;
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SweepPlan plan;
  private final Recipes recipes;
  private final Training training;
  private final Configuration hadoop;
  private final Consumer<String> tell;

  /**
   * @param tell takes a line for the user at the end of each trial
   */
  public Sweep(
      SweepPlan plan,
      Recipes recipes,
      Training training,
      Configuration hadoop,
      Consumer<String> tell) {
    this.plan = plan;
    this.recipes = recipes;
    this.training = training;
    this.hadoop = hadoop;
    this.tell = tell;
  }

  /**
   * Checks every point's recipe.
   *
   * @throws org.convoy.driver.config.RecipeException if a point does not fit the recipe
   * @throws RequestException if a point has nothing to be compared by
   */
  public void check() {
    for (List<String> point : plan.points()) {
      Recipe recipe = recipes.with(point);
      if (plan.folds() == 0 && !recipe.data().validated()) {
        throw new RequestException(
            "a sweep compares runs by their validation: expected data.validation, or --folds");
      }
      if (recipe.batch().isAuto()) {
        throw new RequestException(
            "batch.micro-batch-size: expected a number in a sweep, so that runs differ in nothing"
                + " else than the values that are tried, got auto");
      }
    }
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
        Trial done = train(trial, round.part(), images, yardstick);
        trials.set(trials.indexOf(trial), done);
        tell.accept(line(done, yardstick));
      }
      trials.subList(0, round.trials()).sort(bestFirst(yardstick));
    }
    return trials;
  }

  /** The metric that trials are compared by. */
  public Metric yardstick() {
    return recipes.with(plan.points().get(0)).task().yardstick();
  }

  private static Comparator<Trial> bestFirst(Metric yardstick) {
    return (a, b) ->
        yardstick.better(a.mean(), b.mean()) ? -1 : yardstick.better(b.mean(), a.mean()) ? 1 : 0;
  }

  private Trial train(Trial trial, double part, int images, Metric yardstick)
      throws IOException, InterruptedException {
    long whole = steps(recipes.with(trial.overrides()), images);
    long until = Math.max(1, Math.round(part * whole));
    List<Double> scores = new ArrayList<>();
    String failure = "";
    for (int fold = Math.min(1, plan.folds()); fold <= plan.folds(); fold++) {
      List<String> overrides = new ArrayList<>(trial.overrides());
      overrides.add("name=trial-" + trial.number());
      String folder = String.format(Locale.ROOT, "%s/trial-%03d", plan.folder(), trial.number());
      if (plan.folds() > 0) {
        overrides.add("data.folds=" + plan.folds());
        overrides.add("data.fold=" + fold);
        folder += "/fold-" + fold;
      }
      if (until < whole) {
        overrides.add("max-steps=" + until);
      }
      try {
        scores.add(score(recipes.with(overrides), folder, until, yardstick));
      } catch (TrainingFailedException e) {
        scores.add(Double.NaN);
        failure = String.valueOf(e.getMessage());
      }
    }
    return new Trial(trial.number(), trial.overrides(), until, scores, failure);
  }

  private long steps(Recipe recipe, int images) {
    int used = plan.folds() == 0 ? images : images - images / plan.folds();
    long steps = (long) recipe.epochs() * (used / recipe.batch().globalSize());
    return recipe.maxSteps() > 0 ? Math.min(steps, recipe.maxSteps()) : steps;
  }

  /** Of the run's summary if it has one of so many steps, else of training. */
  private double score(Recipe recipe, String folder, long until, Metric yardstick)
      throws IOException, InterruptedException, TrainingFailedException {
    Path place = new Path(folder);
    FileSystem files = place.getFileSystem(hadoop);
    Path summary = new Path(place, RunSummary.FILE_NAME);
    if (files.exists(summary)) {
      try (InputStream in = files.open(summary)) {
        JsonNode told = JSON.readTree(in);
        if (told.path("steps").asLong() >= until) {
          return told.path(yardstick.name()).asDouble(Double.NaN);
        }
      }
    }
    return training.train(recipe, folder, files.exists(place)).metric(yardstick.name());
  }

  private static String line(Trial trial, Metric yardstick) {
    return String.format(
        Locale.ROOT,
        "trial %d after %d steps: %s %s (%s)%s",
        trial.number(),
        trial.steps(),
        yardstick.name(),
        SweepReport.figure(trial),
        String.join(", ", trial.overrides()),
        trial.failure().isEmpty() ? "" : ": " + trial.failure());
  }
}
