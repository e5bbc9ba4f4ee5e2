package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.weights.ImageStatistics;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Preprocessing;
import org.convoy.inference.ModelParts;

/**
 * The images that the weights of a {@link StartingPoint} were trained with, as far as they are
 * known. Weights have got used to them.
 *
 * @param location of the weights
 * @param model that has the weights, if they are a saved model
 * @param statistics of the images, if the weights are a file whose source says them
 */
record StartingImages(
    String location, Optional<SavedModel> model, Optional<ImageStatistics> statistics) {

  /**
   * What a run does otherwise; empty if nothing.
   *
   * @param here what the run does
   */
  Optional<String> differFrom(Preprocessing here) {
    List<String> differences = new ArrayList<>();
    model.ifPresent(saved -> differences.addAll(differences(saved, here)));
    normalisation()
        .filter(there -> !there.equals(here.normalisation()))
        .ifPresent(
            there ->
                differences.add(
                    0,
                    String.format(
                        Locale.ROOT,
                        "normalisation %s%s, here %s (image.mean = %s, image.std = %s would be that)",
                        there,
                        origin(),
                        here.normalisation(),
                        there.mean(),
                        there.std())));
    return differences.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "the model at %s was trained with other preprocessing than this recipe has: there %s",
                location,
                String.join("; there ", differences)));
  }

  private String origin() {
    return statistics.map(known -> " (" + known.source() + ")").orElse("");
  }

  /** The normalisation that the weights were trained with, if it is known. */
  private Optional<Normalisation> normalisation() {
    return model
        .map(saved -> ModelParts.preprocessing(saved).normalisation())
        .or(() -> statistics.map(known -> new Normalisation(known.mean(), known.std())));
  }

  private static List<String> differences(SavedModel model, Preprocessing here) {
    Preprocessing there = ModelParts.preprocessing(model);
    List<String> differences = new ArrayList<>();
    if (there.height() != here.height() || there.width() != here.width()) {
      differences.add(
          String.format(
              Locale.ROOT,
              "images of %dx%d, here %dx%d",
              there.height(),
              there.width(),
              here.height(),
              here.width()));
    }
    if (!there.evaluation().equals(here.evaluation())) {
      differences.add("evaluation by " + there.evaluation() + ", here by " + here.evaluation());
    }
    return differences;
  }
}
