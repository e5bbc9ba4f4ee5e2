package org.convoy.driver.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.training.TrainingFailedException;
import org.convoy.settings.RequestException;
import org.convoy.task.Metric;

/**
 * Trains the runs of a {@link Trial} in folders of their own. A run that fails is noted. A run that
 * was interrupted resumes from its folder, and one that has ended is not trained again.
 */
public final class TrialRuns {
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

  private final String folder;
  private final int folds;
  private final Recipes recipes;
  private final Training training;
  private final Configuration hadoop;

  /**
   * @param folder of all trials, a Hadoop path
   * @param folds of a cross-validation of each trial; 0: each trial is one run
   */
  public TrialRuns(
      String folder, int folds, Recipes recipes, Training training, Configuration hadoop) {
    this.folder = folder;
    this.folds = folds;
    this.recipes = recipes;
    this.training = training;
    this.hadoop = hadoop;
  }

  /**
   * The recipe of a trial.
   *
   * @throws org.convoy.driver.config.RecipeException if the overrides do not fit the recipe
   * @throws RequestException if the trial has nothing to be compared by
   */
  public Recipe recipe(List<String> overrides) {
    Recipe recipe = recipes.with(overrides);
    if (folds == 0 && !recipe.data().validated()) {
      throw new RequestException(
          "trials are compared by their validation: expected data.validation, or --folds");
    }
    if (recipe.batch().isAuto()) {
      throw new RequestException(
          "batch.micro-batch-size: expected a number where trials are compared, so that they differ"
              + " in nothing else than the values that are tried, got auto");
    }
    return recipe;
  }

  /**
   * Trains.
   *
   * @param part of the whole run after which it ends
   * @param images of training, from which the length of a whole run follows
   * @return the trial with its scores
   * @throws IOException if a folder cannot be read or written
   */
  public Trial train(Trial trial, double part, int images)
      throws IOException, InterruptedException {
    Recipe plain = recipe(trial.overrides());
    Metric yardstick = plain.task().yardstick();
    long whole = steps(plain, images);
    long until = Math.max(1, Math.round(part * whole));
    List<Double> scores = new ArrayList<>();
    String failure = "";
    for (int fold = Math.min(1, folds); fold <= folds; fold++) {
      List<String> overrides = new ArrayList<>(trial.overrides());
      overrides.add("name=trial-" + trial.number());
      String place = String.format(Locale.ROOT, "%s/trial-%03d", folder, trial.number());
      if (folds > 0) {
        overrides.add("data.folds=" + folds);
        overrides.add("data.fold=" + fold);
        place += "/fold-" + fold;
      }
      if (until < whole) {
        overrides.add("max-steps=" + until);
      }
      try {
        scores.add(score(recipes.with(overrides), place, until, yardstick));
      } catch (TrainingFailedException e) {
        scores.add(Double.NaN);
        failure = String.valueOf(e.getMessage());
      }
    }
    return new Trial(trial.number(), trial.overrides(), until, scores, failure);
  }

  private long steps(Recipe recipe, int images) {
    int used = folds == 0 ? images : images - images / folds;
    long steps = (long) recipe.epochs() * (used / recipe.batch().globalSize());
    return recipe.maxSteps() > 0 ? Math.min(steps, recipe.maxSteps()) : steps;
  }

  /** Of the run's summary if it has one of so many steps, else of training. */
  private double score(Recipe recipe, String run, long until, Metric yardstick)
      throws IOException, InterruptedException, TrainingFailedException {
    Path place = new Path(run);
    FileSystem files = place.getFileSystem(hadoop);
    Path summary = new Path(place, RunSummary.FILE_NAME);
    if (files.exists(summary)) {
      try (InputStream in = files.open(summary)) {
        JsonNode told = JSON.readTree(in);
        String network = told.path("model").asText(recipe.model().name());
        if (!network.equals(recipe.model().name())) {
          throw new RequestException(
              String.format(
                  Locale.ROOT,
                  "%s: expected a run of %s, got one of %s; go on with the same options, or state"
                      + " another folder with --out",
                  run,
                  recipe.model().name(),
                  network));
        }
        if (told.path("steps").asLong() >= until) {
          return told.path(yardstick.name()).asDouble(Double.NaN);
        }
      }
    }
    return training.train(recipe, run, files.exists(place)).metric(yardstick.name());
  }
}
