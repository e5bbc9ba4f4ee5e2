package org.convoy.driver.training;

import java.util.List;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.config.LossSettings;
import org.convoy.driver.config.RecipeException;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.loss.BinaryCrossEntropy;
import org.convoy.loss.Focal;
import org.convoy.loss.Loss;
import org.convoy.loss.SoftmaxCrossEntropy;

/** What the recipe says of the loss, as a function of outputs and labels. */
final class TrainedLoss {
  private TrainedLoss() {}

  /** The loss that training minimises. */
  static Loss of(LossSettings settings) {
    return with(settings, settings.labelSmoothing());
  }

  /** The loss that validation states: the same against the labels as they are. */
  static Loss unsmoothed(LossSettings settings) {
    return with(settings, 0);
  }

  /**
   * The loss that validation stated when the model was trained; softmax cross entropy for a model
   * whose recipe this version does not read.
   */
  static Loss unsmoothed(SavedModel model) {
    try {
      String recipe = model.origin().recipe();
      return unsmoothed(new RecipeLoader().parse(recipe, "manifest.json", List.of()).loss());
    } catch (RecipeException e) {
      return new SoftmaxCrossEntropy(0);
    }
  }

  private static Loss with(LossSettings settings, double labelSmoothing) {
    return switch (settings.name()) {
      case CROSS_ENTROPY -> new SoftmaxCrossEntropy(labelSmoothing);
      case BINARY_CROSS_ENTROPY ->
          new BinaryCrossEntropy(labelSmoothing, settings.positiveWeight());
      case FOCAL -> new Focal(settings.alpha(), settings.gamma());
    };
  }
}
