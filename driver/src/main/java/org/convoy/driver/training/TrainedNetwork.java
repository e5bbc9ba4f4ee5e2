package org.convoy.driver.training;

import java.util.List;
import java.util.Locale;
import org.convoy.artifact.formats.ArtifactFormats;
import org.convoy.driver.config.ModelSettings;
import org.convoy.driver.config.ProgressiveSize;
import org.convoy.driver.config.Recipe;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.image.transform.Size;
import org.convoy.models.Models;
import org.convoy.models.SparseAutoencoder;
import org.convoy.settings.RequestException;
import org.convoy.task.Contrastive;
import org.convoy.task.MaskedAutoencoder;
import org.convoy.task.Task;

/** The network that a recipe trains: with auxiliary outputs, if the recipe gives them a weight. */
final class TrainedNetwork {
  private TrainedNetwork() {}

  /**
   * Builds the network, and checks the recipe's images and formats against it.
   *
   * @param classes of the data
   * @throws RequestException if the network cannot be built, if the recipe's images cannot become
   *     its input at every size that the recipe states, or if the recipe asks for a format that
   *     cannot hold it
   */
  static Graph of(Recipe recipe, int classes) {
    List<Integer> stated = recipe.model().input();
    Shape input =
        RequestException.asked(
            () -> stated.isEmpty() ? Models.get(recipe.model().name()).input() : new Shape(stated));
    Graph graph = of(recipe, input, classes);
    for (String format : recipe.artifact().formats()) {
      ModelExport.require(ArtifactFormats.get(format), graph.main(), "artifact.formats");
    }
    requireMatched(
        recipe.model().dropBlock().unmatched(graph),
        "model.drop-block.layers: expected names of batch normalisations or sums",
        graph);
    requireMatched(
        FirstWeights.unmatched(recipe.model().startAtZero(), graph),
        "model.start-at-zero: expected names of tensors",
        graph);
    RequestException.asked(
        () -> recipe.validation().views().of(recipe.image().preprocessing(input)));
    for (ProgressiveSize each : recipe.image().progressive()) {
      Size size = each.size();
      RequestException.asked(() -> recipe.image().preprocessing(input).at(size));
      Shape other = Shape.of(input.channels(), size.height(), size.width());
      RequestException.asked(() -> graph.at(other));
    }
    return graph;
  }

  private static void requireMatched(List<String> unmatched, String expected, Graph graph) {
    if (!unmatched.isEmpty()) {
      throw new RequestException(
          String.format(
              Locale.ROOT, "%s of %s, nothing matches %s", expected, graph.name(), unmatched));
    }
  }

  /**
   * Builds the network.
   *
   * @param classes of the data
   * @throws RequestException if there is no such model, if it cannot take the input, or if it has
   *     no auxiliary outputs where the recipe gives them a weight
   */
  static Graph of(Recipe recipe, Shape input, int classes) {
    Task task = recipe.task();
    if (task instanceof Contrastive contrastive) {
      return ProjectionHead.on(
          network(recipe.model(), input, contrastive.hidden()), contrastive.features());
    }
    Graph network = network(recipe.model(), input, classes);
    return task instanceof MaskedAutoencoder masked
        ? RequestException.asked(
            () -> SparseAutoencoder.of(network, masked.ratio(), masked.width()))
        : network;
  }

  private static Graph network(ModelSettings settings, Shape input, int classes) {
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
