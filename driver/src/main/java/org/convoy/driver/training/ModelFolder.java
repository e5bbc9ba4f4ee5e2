package org.convoy.driver.training;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.config.RecipeException;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.graph.Shape;
import org.convoy.image.Preprocessing;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Loss;

/** A saved model's folder on any Hadoop file system, and what its files say beside the weights. */
final class ModelFolder {
  private static final String MANIFEST = "manifest.json";

  private ModelFolder() {}

  /**
   * Loads a model. Its weights are the caller's to close.
   *
   * @throws IllegalArgumentException if there is no saved model at the location, or its
   *     preprocessing does not give what the network takes
   * @throws org.convoy.artifact.DamagedFileException if a file was changed or cut short
   */
  static SavedModel load(String location, Configuration hadoop) throws IOException {
    NativeMemory.unlimited();
    Path folder = qualify(location, hadoop);
    Path parent = folder.getParent();
    if (parent == null) {
      throw missing(location, "the root of a file system");
    }
    HadoopStore store = new HadoopStore(hadoop, parent);
    if (!store.exists(folder.getName())) {
      throw missing(location, "nothing");
    }
    if (!store.exists(folder.getName() + "/" + MANIFEST)) {
      throw missing(location, "something without that file");
    }
    return SavedModel.load(store, folder.getName());
  }

  /**
   * What a saved model does to images.
   *
   * @throws IllegalArgumentException if that does not give what its network takes
   */
  static Preprocessing preprocessing(SavedModel model) {
    Preprocessing preprocessing = Preprocessing.fromJson(model.preprocessing());
    Shape images =
        Shape.of(preprocessing.channels(), preprocessing.height(), preprocessing.width());
    Shape input = model.graph().inputShape();
    if (!images.equals(input)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "preprocessing.json gives %s, expected %s as %s takes it",
              images,
              input,
              model.graph().name()));
    }
    return preprocessing;
  }

  /**
   * The loss that validation stated when the model was trained; cross entropy for a model whose
   * recipe this version does not read.
   */
  static Loss loss(SavedModel model) {
    try {
      String recipe = model.origin().recipe();
      return new RecipeLoader().parse(recipe, MANIFEST, List.of()).loss().unsmoothed();
    } catch (RecipeException e) {
      return new CrossEntropy(0);
    }
  }

  private static Path qualify(String location, Configuration hadoop) throws IOException {
    try {
      Path path = new Path(location);
      return path.getFileSystem(hadoop).makeQualified(path);
    } catch (UnsupportedFileSystemException e) {
      throw new IllegalArgumentException("cannot open " + location + ": " + e.getMessage(), e);
    }
  }

  private static IllegalArgumentException missing(String location, String got) {
    return new IllegalArgumentException(
        "no saved model at " + location + ": expected a folder with " + MANIFEST + ", got " + got);
  }
}
