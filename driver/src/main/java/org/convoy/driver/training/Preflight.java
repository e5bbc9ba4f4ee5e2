package org.convoy.driver.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.artifact.DamagedFileException;
import org.convoy.driver.checkpoint.Checkpoints;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.checkpoint.RunLease;
import org.convoy.driver.checkpoint.RunPosition;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeException;
import org.convoy.driver.data.DataSet;
import org.convoy.driver.data.DataSplit;
import org.convoy.driver.data.LabelFile;
import org.convoy.driver.engine.Convoy;
import org.convoy.driver.engine.ForeignEngine;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.settings.RequestException;

/** Checks a request before a cluster is asked for. */
public final class Preflight {
  private Preflight() {}

  /**
   * Checks the data set and the run's folder.
   *
   * @throws RequestException if there are more executors than micro-batches, or if the folder lies
   *     in the data set or holds a run that this one would damage or cannot resume
   * @throws org.convoy.driver.data.DataSetException if the data set or a split does not exist
   * @throws IOException if a file system cannot be asked
   */
  public static void check(Recipe recipe, TrainingRequest request, Configuration hadoop)
      throws IOException {
    request.check(recipe);
    if (recipe.data().table().wanted()) {
      throw new RequestException(
          "data.table: expected a data set that is no table, for only train copies tables first");
    }
    if (!(recipe.engine() instanceof Convoy)) {
      ForeignEngine.of(recipe.engine());
    }
    DataSet data = DataSet.at(recipe.data().location(), hadoop);
    List<DataSplit> splits = new ArrayList<>(List.of(data.split(recipe.data().train())));
    if (recipe.data().folds() == 0 && recipe.data().validated()) {
      splits.add(data.split(recipe.data().validation()));
    }
    for (DataSplit split : splits) {
      split.check(hadoop);
      if (recipe.task().targetFile().isPresent()) {
        LabelFile.check(split, recipe.task().targetFile().get(), hadoop);
      }
      split.requireOutside(request.output(), hadoop);
    }
    if (!recipe.model().start().isEmpty()) {
      StartingPoint.requireThere(recipe.model().startLocation(), hadoop);
    }
    if (recipe.distillation().on()) {
      ModelFolder.requireThere(recipe.distillation().location(), hadoop);
    }
    HadoopStore store = new HadoopStore(hadoop, new Path(request.output()));
    RunLease.refuseIfHeldHere(store);
    checkFolder(recipe, request, store);
  }

  /**
   * Checks only the folder of a run whose data set is made in it first.
   *
   * @throws RequestException if another run holds it, or if it holds one and is not to be resumed
   */
  public static void checkFolder(Recipe recipe, TrainingRequest request, Configuration hadoop)
      throws IOException {
    HadoopStore store = new HadoopStore(hadoop, new Path(request.output()));
    RunLease.refuseIfHeldHere(store);
    if (!request.resume()) {
      checkFolder(recipe, request, store);
    }
  }

  /**
   * Checks that there are images for at least one step.
   *
   * @param title of the training split in the message
   * @throws RequestException if there are fewer images than a global batch has
   */
  static void requireGlobalBatch(Recipe recipe, String title, int images) {
    if (images < recipe.batch().globalSize()) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "%s has %d images, expected at least one global batch of %d (batch.micro-batches %d, batch.micro-batch-size %d)",
              title,
              images,
              recipe.batch().globalSize(),
              recipe.batch().microBatches(),
              recipe.batch().microBatchSize()));
    }
  }

  /**
   * Checks only the run's folder.
   *
   * @throws RequestException if it holds a run that this one would damage or cannot resume
   */
  static void checkFolder(Recipe recipe, TrainingRequest request, HadoopStore store)
      throws IOException {
    Checkpoints checkpoints = new Checkpoints(store, recipe.checkpoint().keep());
    List<Long> steps = checkpoints.steps();
    if (request.resume()) {
      for (long step : steps) {
        try {
          requireSameRecipe(
              checkpoints.open(step).describe(), checkpoints.open(step).run(), recipe);
          return;
        } catch (DamagedFileException e) {
          // The session will skip it with a warning.
          continue;
        }
      }
    } else if (!steps.isEmpty() || store.exists(ModelFolder.IN_RUN)) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "%s holds %s already: give --resume to go on with that run, or another --out",
              store.describe(""),
              steps.isEmpty()
                  ? "a model"
                  : String.format(Locale.ROOT, "a run of %d steps", steps.get(0))));
    }
  }

  /**
   * Refuses a checkpoint of another recipe.
   *
   * @param where the checkpoint's name in messages
   * @throws RequestException naming the keys that differ
   */
  static void requireSameRecipe(String where, RunPosition run, Recipe now) {
    if (now.digest().equals(run.recipeDigest())) {
      return;
    }
    Recipe then;
    try {
      then = StateFiles.recipe(run);
    } catch (RecipeException e) {
      // A version with other keys made it.
      throw another(
          where,
          String.format(
              Locale.ROOT, "expected digest %s, got %s", now.digest(), run.recipeDigest()));
    }
    Recipe recipe = AutoBatch.asDecided(now, then);
    if (recipe.digest().equals(run.recipeDigest())) {
      return;
    }
    if (!recipe.prolongs(then)) {
      String why = String.join("; ", recipe.differences(then));
      throw another(
          where,
          recipe.isLongerThan(then)
              ? why
                  + ", and the schedule already went by the former number; for a longer training start"
                  + " a new run from the saved model, or use a step or constant schedule"
              : why);
    }
  }

  private static RequestException another(String where, String why) {
    return new RequestException(
        String.format(
            Locale.ROOT,
            "%s was made with another recipe, so that --resume cannot continue from it: %s",
            where,
            why));
  }
}
