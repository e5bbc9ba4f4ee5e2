package org.convoy.driver.training;

import java.util.List;
import org.convoy.driver.config.ProgressiveSize;
import org.convoy.driver.config.Recipe;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.image.transform.Size;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;

/** The network that a recipe trains, checked against the recipe's images. */
final class RunNetwork {
  private RunNetwork() {}

  /**
   * Builds the network.
   *
   * @param classes of the data
   * @throws RequestException if the network cannot be built, or if the recipe's images cannot
   *     become its input at every size that the recipe states
   */
  static Graph of(Recipe recipe, int classes) {
    Models.Model model = RequestException.asked(() -> Models.get(recipe.model().name()));
    List<Integer> stated = recipe.model().input();
    Shape input =
        RequestException.asked(() -> stated.isEmpty() ? model.input() : new Shape(stated));
    Graph graph = RequestException.asked(() -> model.build(input, classes));
    RequestException.asked(() -> recipe.image().preprocessing(input));
    checkProgressive(recipe, graph);
    return graph;
  }

  private static void checkProgressive(Recipe recipe, Graph graph) {
    Shape own = graph.inputShape();
    for (ProgressiveSize each : recipe.image().progressive()) {
      Size size = each.size();
      RequestException.asked(() -> recipe.image().preprocessing(own).at(size));
      RequestException.asked(() -> graph.at(Shape.of(own.channels(), size.height(), size.width())));
    }
  }
}
