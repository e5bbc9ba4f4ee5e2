package org.convoy.driver.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.JsonProblem;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.checkpoint.Checkpoints;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.config.RecipeException;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.inference.ModelParts;
import org.convoy.kernels.NativeMemory;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Loss;
import org.convoy.settings.RequestException;

/**
 * A saved model's folder on any Hadoop file system, and the contents of its files other than the
 * weights.
 */
public final class ModelFolder {
  /** The name of the model's folder within the folder of its run. */
  public static final String IN_RUN = "model";

  private static final String MANIFEST = "manifest.json";

  private ModelFolder() {}

  /**
   * Loads a model. Its weights are the caller's to close.
   *
   * @throws RequestException if there is no saved model at the location; the message states what
   *     was found
   * @throws DamagedFileException if a file was changed or cut short
   */
  public static SavedModel load(String location, Configuration hadoop) throws IOException {
    NativeMemory.unlimited();
    Path folder = requireThere(location, hadoop);
    HadoopStore store = new HadoopStore(hadoop, folder.getParent());
    String name = folder.getName();
    SavedModel model = SavedModel.load(store, name);
    try {
      ModelParts.preprocessing(model);
    } catch (IllegalArgumentException e) {
      model.weights().close();
      throw new DamagedFileException(
          store.describe(name + "/preprocessing.json"),
          e.getCause() instanceof JsonProcessingException json
              ? JsonProblem.of(json)
              : JsonProblem.reason(e));
    }
    return model;
  }

  /**
   * Checks that there is a model, without reading it.
   *
   * @return its folder
   * @throws RequestException if there is none; the message states what was found
   */
  public static Path requireThere(String location, Configuration hadoop) throws IOException {
    Path folder = qualify(location, hadoop);
    Path parent = folder.getParent();
    if (parent == null) {
      throw missing(location, "the root of a file system");
    }
    HadoopStore store = new HadoopStore(hadoop, parent);
    String name = folder.getName();
    if (!store.exists(name)) {
      throw missing(location, "nothing");
    }
    List<String> content = store.list(name);
    if (!content.contains(MANIFEST)) {
      boolean file = folder.getFileSystem(hadoop).getFileStatus(folder).isFile();
      throw missing(location, file ? "a file" : describe(store, name, content));
    }
    if (content.stream().anyMatch(Checkpoints::isPart)) {
      throw missing(
          location,
          "a checkpoint, from which a run goes on: the run's model is in the folder 'model'"
              + " beside its 'checkpoints' once the run is through");
    }
    return folder;
  }

  /** Whether the folder of a run holds a model. It does as soon as the manifest is there. */
  public static boolean isInRun(HadoopStore store) throws IOException {
    return store.exists(IN_RUN + "/" + MANIFEST);
  }

  /** A description of the contents of a folder where no model was found. */
  private static String describe(HadoopStore store, String name, List<String> content)
      throws IOException {
    if (content.isEmpty()) {
      return "an empty folder";
    } else if (store.exists(name + "/" + IN_RUN + "/" + MANIFEST)) {
      return "a run's folder: the model is in " + store.describe(name + "/" + IN_RUN);
    } else if (content.contains("checkpoints")) {
      return "the folder of a run that has not saved its model yet";
    } else if (content.stream().anyMatch(Checkpoints::isCheckpoint)) {
      return "a run's checkpoints: its model is in the folder 'model' beside them once the run is through";
    }
    return "something without that file, which holds " + some(content);
  }

  private static String some(List<String> content) {
    int most = 5;
    String names = String.join(", ", content.subList(0, Math.min(most, content.size())));
    return content.size() > most ? names + " and " + (content.size() - most) + " more" : names;
  }

  /**
   * The loss of validation when the model was trained; cross entropy for a model whose recipe this
   * version does not read.
   */
  public static Loss loss(SavedModel model) {
    try {
      String recipe = model.origin().recipe();
      return new RecipeLoader().parse(recipe, MANIFEST, List.of()).loss().unsmoothed();
    } catch (RecipeException e) {
      return new CrossEntropy(0);
    }
  }

  /** The location as a path with its scheme. */
  public static Path qualify(String location, Configuration hadoop) throws IOException {
    try {
      Path path = new Path(location);
      return path.getFileSystem(hadoop).makeQualified(path);
    } catch (UnsupportedFileSystemException e) {
      throw new RequestException("cannot open " + location + ": " + e.getMessage(), e);
    }
  }

  private static RequestException missing(String location, String got) {
    return new RequestException(
        "no saved model at " + location + ": expected a folder with " + MANIFEST + ", got " + got);
  }
}
