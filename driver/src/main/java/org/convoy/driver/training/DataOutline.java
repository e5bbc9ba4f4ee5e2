package org.convoy.driver.training;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.data.DataSet;
import org.convoy.driver.data.DataSplit;
import org.convoy.driver.data.LabelFile;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleIndexer;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;

/**
 * The numbers of a data set that decide how long a run is. They are counted where the data set
 * exists. Where it does not, they are those that the user states, those of the shapes that the
 * recipe draws, or those of the data set of the network's paper.
 *
 * @param source what the numbers were taken from, as the user is told
 * @param exists whether the data set exists
 * @param images for training
 * @param validationImages 0 without validation
 */
public record DataOutline(
    String source, boolean exists, int images, int validationImages, int classes) {

  /** Data sets of the papers, which differ in their number of classes. */
  private enum Published {
    CIFAR_10("CIFAR-10", 10, 50_000, 10_000),
    CIFAR_100("CIFAR-100", 100, 50_000, 10_000),
    IMAGENET("ImageNet", 1000, 1_281_167, 50_000);

    private final String title;
    private final int classes;
    private final int images;
    private final int validationImages;

    Published(String title, int classes, int images, int validationImages) {
      this.title = title;
      this.classes = classes;
      this.images = images;
      this.validationImages = validationImages;
    }

    static Optional<Published> of(int classes) {
      return Arrays.stream(values()).filter(each -> each.classes == classes).findFirst();
    }
  }

  /**
   * What the user states of data that does not exist yet.
   *
   * @param images for training
   */
  public record Stated(OptionalInt images, OptionalInt classes) {
    /** Nothing is stated. */
    public static final Stated NOTHING = new Stated(OptionalInt.empty(), OptionalInt.empty());
  }

  /**
   * Finds the numbers.
   *
   * @throws org.convoy.driver.data.DataSetException if the data set exists and is not usable
   * @throws RequestException if nothing tells how many images there are
   * @throws IOException if the file system cannot be asked
   */
  public static DataOutline of(Recipe recipe, Stated stated, Configuration hadoop)
      throws IOException {
    Path place = new Path(recipe.data().location());
    if (place.getFileSystem(hadoop).exists(place)) {
      return counted(recipe, hadoop);
    }
    String missing = recipe.data().location() + " does not exist; ";
    boolean validated = recipe.data().validated();
    if (recipe.data().generate().wanted() && stated.equals(Stated.NOTHING)) {
      int kinds = ShapeKind.values().length;
      return new DataOutline(
          missing + "as the recipe draws it",
          false,
          kinds * recipe.data().generate().trainPerClass(),
          validated ? kinds * recipe.data().generate().validationPerClass() : 0,
          kinds);
    }
    int classes =
        stated
            .classes()
            .orElseGet(
                () -> RequestException.asked(() -> Models.get(recipe.model().name()).classes()));
    Optional<Published> published = Published.of(classes);
    if (stated.images().isEmpty() && published.isEmpty()) {
      throw new RequestException(missing + "--images: expected the number of training images");
    }
    String source =
        stated.images().isPresent()
            ? "as stated"
            : "as in " + published.get().title + " (--images and --classes state another)";
    return new DataOutline(
        missing + source,
        false,
        stated.images().orElseGet(() -> published.get().images),
        validated ? published.map(each -> each.validationImages).orElse(0) : 0,
        classes);
  }

  private static DataOutline counted(Recipe recipe, Configuration hadoop) throws IOException {
    DataSet data = DataSet.at(recipe.data().location(), hadoop);
    SampleIndexer indexer = SampleIndexer.local(hadoop);
    DataSplit split = data.split(recipe.data().train());
    SampleIndex training = indexer.index(split);
    Optional<String> targets = recipe.task().targetFile();
    if (targets.isPresent()) {
      training = LabelFile.label(training, split, targets.get(), Optional.empty(), hadoop);
    }
    ClassBalance.check(recipe, training);
    String validation = recipe.data().validation();
    int folds = recipe.data().folds();
    int held = folds > 0 ? training.count() / folds : 0;
    return new DataOutline(
        "counted in " + data.uri(),
        true,
        training.count() - held,
        folds > 0 || validation.isEmpty() ? held : indexer.index(data.split(validation)).count(),
        training.classes().size());
  }
}
