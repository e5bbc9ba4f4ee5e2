package org.convoy.driver.training;

import java.util.List;
import java.util.Locale;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.config.DataSettings;
import org.convoy.driver.config.ImageSettings;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RequestException;
import org.convoy.driver.config.Transform;
import org.convoy.graph.Shape;
import org.convoy.image.CenterCrop;
import org.convoy.image.HorizontalFlip;
import org.convoy.image.LoaderOptions;
import org.convoy.image.Normalisation;
import org.convoy.image.OnBadImage;
import org.convoy.image.PadAndCrop;
import org.convoy.image.Preprocessing;
import org.convoy.image.RandomResizedCrop;
import org.convoy.image.Resize;

/** What the recipe says of images, in the image pipeline's own terms. */
final class Pipelines {
  private Pipelines() {}

  /**
   * @param input of the network, {@code (channels, height, width)}
   */
  static Preprocessing preprocessing(ImageSettings settings, Shape input) {
    if (input.spatialRank() != 2) {
      throw new RequestException(
          "expected a network for images, (channels, height, width), got one for " + input);
    }
    return new Preprocessing(
        input.channels(),
        input.dimension(1),
        input.dimension(2),
        settings.train().stream().map(Pipelines::transform).toList(),
        settings.evaluation().stream().map(Pipelines::transform).toList(),
        new Normalisation(floats(settings.mean()), floats(settings.std())));
  }

  /**
   * What a saved model does to images.
   *
   * @throws RequestException if that does not give what its network takes
   */
  static Preprocessing preprocessing(SavedModel model) {
    Preprocessing preprocessing = Preprocessing.fromJson(model.preprocessing());
    Shape images =
        Shape.of(preprocessing.channels(), preprocessing.height(), preprocessing.width());
    Shape input = model.graph().inputShape();
    if (!images.equals(input)) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "preprocessing.json gives %s, expected %s as %s takes it",
              images,
              input,
              model.graph().name()));
    }
    return preprocessing;
  }

  static LoaderOptions options(Recipe recipe, int batch, int cores) {
    DataSettings data = recipe.data();
    int threads = data.decodeThreads() > 0 ? data.decodeThreads() : cores;
    OnBadImage policy =
        data.onBadImage() == DataSettings.OnBadImage.FAIL ? OnBadImage.FAIL : OnBadImage.SKIP;
    return new LoaderOptions(batch, threads, data.readAhead(), policy);
  }

  private static org.convoy.image.Transform transform(Transform transform) {
    if (transform instanceof Transform.Resize resize) {
      return new Resize(resize.size());
    } else if (transform instanceof Transform.CenterCrop crop) {
      return new CenterCrop(crop.size(), crop.size());
    } else if (transform instanceof Transform.PadAndCrop crop) {
      return new PadAndCrop(crop.size(), crop.size(), crop.padding());
    } else if (transform instanceof Transform.RandomResizedCrop crop) {
      return new RandomResizedCrop(
          crop.size(),
          crop.size(),
          crop.area().get(0),
          crop.area().get(1),
          crop.aspect().get(0),
          crop.aspect().get(1));
    } else if (transform instanceof Transform.HorizontalFlip flip) {
      return new HorizontalFlip(flip.probability());
    }
    throw new IllegalArgumentException("no image transform for " + transform.name());
  }

  private static List<Float> floats(List<Double> values) {
    return values.stream().map(Double::floatValue).toList();
  }
}
