package org.convoy.driver.training;

import java.util.Locale;
import org.convoy.driver.config.ModelSettings;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;

/** The network that a recipe trains: with auxiliary outputs, if the recipe gives them a weight. */
final class TrainedNetwork {
  private TrainedNetwork() {}

  /**
   * Builds the network.
   *
   * @throws RequestException if there is no such model, if it cannot take the input, or if it has
   *     no auxiliary outputs where the recipe gives them a weight
   */
  static Graph of(ModelSettings settings, Shape input, int classes) {
    Models.Model model = RequestException.asked(() -> Models.get(settings.name()));
    double weight = settings.auxiliaryWeight();
    if (weight == 0) {
      return RequestException.asked(() -> model.build(input, classes));
    }
    Graph graph =
        RequestException.asked(
            () -> model.architecture().buildWithAuxiliary(input, classes, weight));
    if (graph.outputs().isEmpty()) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "model.auxiliary-weight: expected 0, for %s has no auxiliary classifiers, got %s",
              settings.name(),
              weight));
    }
    return graph;
  }
}
