package org.convoy.ml;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import org.convoy.task.Classification;

/** The recipe that a {@link ConvoyClassifier}'s parameters make. */
final class ClassifierRecipe {
  /** The side of an image before the crop of its centre, as a share of the crop's: 256 of 224. */
  private static final double RESIZED = 256.0 / 224;

  private ClassifierRecipe() {}

  /**
   * The recipe, which does not know yet where the images lie.
   *
   * @param validated whether some images are for validation
   * @throws org.convoy.driver.config.RecipeException with all problems
   */
  static Recipe of(ConvoyClassifier stage, boolean validated) {
    RecipeLoader loader =
        RecipeLoader.knowing(
            Models.all().stream().map(Models.Model::name).toList(), Models::contains);
    List<String> overrides = new ArrayList<>();
    boolean bare = stage.getRecipe().isEmpty();
    if (bare || stage.isSet(stage.network())) {
      overrides.add("model.name=" + stage.getNetwork());
    }
    if (stage.isSet(stage.imageSize())) {
      overrides.add("model.input=[3, " + side(stage) + ", " + side(stage) + "]");
    }
    if (bare) {
      overrides.addAll(transforms(side(stage)));
    }
    overrides.addAll(Arrays.asList(stage.getSettings()));
    if (stage.isSet(stage.epochs())) {
      overrides.add("epochs=" + stage.getEpochs());
    }
    if (stage.isSet(stage.learningRate())) {
      overrides.add("schedule.learning-rate=" + stage.getLearningRate());
    }
    if (stage.isSet(stage.seed())) {
      overrides.add("seed=" + stage.getSeed());
    }
    overrides.add("data.uri=images");
    overrides.add("data.train=train");
    overrides.add("data.validation=" + (validated ? "validation" : ""));
    Recipe recipe =
        bare
            ? loader.parse("name = fit", stage.uid(), overrides)
            : loader.load(Path.of(stage.getRecipe()), overrides);
    if (!(recipe.task() instanceof Classification)) {
      throw new RequestException(
          "task.name: expected classification, for a row has one label, got another task");
    }
    return recipe;
  }

  private static int side(ConvoyClassifier stage) {
    if (stage.isSet(stage.imageSize())) {
      return stage.getImageSize();
    }
    Shape own = RequestException.asked(() -> Models.get(stage.getNetwork())).input();
    return own.dimension(1);
  }

  private static List<String> transforms(int side) {
    return List.of(
        String.format(
            Locale.ROOT, "image.train=[{random-resized-crop: {size: %d}}, horizontal-flip]", side),
        String.format(
            Locale.ROOT,
            "image.evaluation=[{resize: %d}, {center-crop: %d}]",
            Math.round(side * RESIZED),
            side));
  }

  /** The recipe with the place of its images. */
  static Recipe at(String images, Recipe recipe) {
    return new RecipeLoader().parse(recipe.toJson(), recipe.name(), List.of("data.uri=" + images));
  }
}
