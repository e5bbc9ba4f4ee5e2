package org.convoy.driver.training;

import java.util.Locale;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.Views;
import org.convoy.driver.engine.ForeignEngine;
import org.convoy.graph.Graph;
import org.convoy.image.loader.Decoding;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.loader.ResizeOn;
import org.convoy.image.transform.Clean;
import org.convoy.loss.CrossEntropy;
import org.convoy.settings.RequestException;
import org.convoy.settings.Variants;
import org.convoy.task.Classification;

/** Refuses what a recipe asks for and an engine of another program does not do. */
final class EngineLimits {
  private final Recipe recipe;
  private final String engine;

  private EngineLimits(Recipe recipe) {
    this.recipe = recipe;
    this.engine = Variants.name(recipe.engine().getClass());
  }

  /**
   * Checks a recipe and its network.
   *
   * @param request with the number of executors, which divides the micro-batches
   * @throws RequestException naming the key, or the op that the other program cannot express
   */
  static void check(Recipe recipe, TrainingRequest request, Graph graph, ForeignEngine engine) {
    new EngineLimits(recipe).check(request, graph);
    engine.check(graph, recipe.optimizer());
  }

  private void check(TrainingRequest request, Graph graph) {
    require(!request.resume(), "--resume", "no checkpoint to go on from");
    require(
        recipe.batch().microBatches() % request.executors() == 0,
        "--executors",
        "a number that divides the "
            + recipe.batch().microBatches()
            + " micro-batches of a global batch");
    require(!recipe.batch().isAuto(), "batch.micro-batch-size", "a number");
    require(recipe.task() instanceof Classification, "task.name", "classification");
    require(recipe.adversarial() instanceof Clean, "adversarial.name", "clean");
    require(recipe.loss() instanceof CrossEntropy, "loss.name", "cross-entropy");
    require(recipe.precision() == Recipe.Precision.FLOAT32, "precision", "float32");
    require(recipe.gradientClipNorm() == 0, "gradient-clip-norm", "0");
    require(!recipe.adaptiveClipping().on(), "adaptive-clipping.factor", "0");
    require(!recipe.sharpness().on(), "sharpness.radius", "0");
    require(!recipe.lookahead().on(), "lookahead.every-steps", "0");
    require(recipe.validation().statisticsSteps() == 0, "validation.statistics-steps", "0");
    require(recipe.validation().views() == Views.SINGLE, "validation.views", "single");
    require(!recipe.swa().on(), "swa.every-epochs", "0");
    require(recipe.rateBatch() == 0, "rate-batch", "0");
    require(recipe.classWeights().equal(), "class-weights.name", "equal");
    require(recipe.parameters().isEmpty(), "parameters", "none");
    require(!recipe.distillation().on(), "distillation.teacher", "none");
    require(recipe.weightAverage().decay() == 0, "weight-average.decay", "0");
    require(recipe.image().progressive().isEmpty(), "image.progressive", "none");
    require(recipe.model().startAtZero().isEmpty(), "model.start-at-zero", "none");
    require(!recipe.model().dropBlock().on(), "model.drop-block.probability", "0");
    require(graph.outputs().isEmpty(), "model.auxiliary-weight", "0");
    require(recipe.image().resizeOn() == ResizeOn.HOST, "image.resize-on", "host");
    require(recipe.data().decode() != Decoding.NVJPEG, "data.decode", "exact or scaled");
    require(recipe.data().onBadImage() == OnBadImage.FAIL, "data.on-bad-image", "fail");
    require(!recipe.checkpoint().best(), "checkpoint.best", "false");
    require(!recipe.earlyStopping().on(), "early-stopping.patience-epochs", "0");
  }

  private void require(boolean holds, String key, String expected) {
    if (!holds) {
      throw new RequestException(
          String.format(Locale.ROOT, "%s: expected %s with engine %s", key, expected, engine));
    }
  }
}
