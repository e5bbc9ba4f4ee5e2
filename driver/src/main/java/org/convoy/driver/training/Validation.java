package org.convoy.driver.training;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.evaluation.Counted;
import org.convoy.driver.evaluation.Evaluator;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.task.Metric;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The validation of a run, and what it last found. Each executor evaluates its share of the
 * validation split; all know the metrics of the whole afterwards.
 */
final class Validation {
  private final Recipe recipe;
  private final Optional<Evaluator> evaluator;
  private final Exchange exchange;
  private final BadImageReports badImages;
  private Optional<Counted> counted = Optional.empty();
  private Map<String, Double> metrics;

  /**
   * @param evaluator empty if the run has no validation split
   */
  Validation(
      Recipe recipe, Optional<Evaluator> evaluator, Exchange exchange, BadImageReports badImages) {
    this.recipe = recipe;
    this.evaluator = evaluator;
    this.exchange = exchange;
    this.badImages = badImages;
    this.metrics = unmeasured();
  }

  /** Whether the run has a validation split. */
  boolean wanted() {
    return evaluator.isPresent();
  }

  /** The task's metrics, all NaN. */
  Map<String, Double> unmeasured() {
    return Metric.unmeasured(recipe.task().stated());
  }

  /**
   * Evaluates everybody's shares of the split.
   *
   * @throws BadImagesException if too many images do not decode
   */
  void evaluate(INDArray trained) throws IOException, InterruptedException {
    Evaluator validation = evaluator.orElseThrow();
    Counted mine = validation.evaluate(trained, exchange.rank(), exchange.size());
    badImages.add(mine.badImages());
    Counted all = mine.together(exchange);
    int images = validation.images();
    SkippedImages left = new SkippedImages("validation", images, recipe.data().maxBadShare());
    left.add(images - all.counters().samples());
    badImages.requireFew(left);
    counted = Optional.of(mine);
    metrics = all.metrics();
  }

  /** The metrics of the last validation; NaN before the first. */
  Map<String, Double> metrics() {
    return metrics;
  }

  /** What this executor itself counted in the last validation. */
  Optional<Counted> counted() {
    return counted;
  }

  /** Predictions for the report's sample images; none without a validation split. */
  List<Evaluator.Example> examples(INDArray trained) throws IOException, InterruptedException {
    if (evaluator.isEmpty()) {
      return List.of();
    }
    int[] shown = evaluator.get().spread(recipe.monitor().samplePredictions());
    return evaluator.get().examples(trained, shown);
  }
}
