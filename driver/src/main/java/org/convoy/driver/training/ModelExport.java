package org.convoy.driver.training;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.ExportManifest;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.ExportOptions.Output;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.graph.Graph;
import org.convoy.inference.ModelParts;
import org.convoy.settings.RequestException;
import org.convoy.task.MultiLabel;

/**
 * Writes a saved model in the format of another program.
 *
 * @param format the format to write
 * @param imageInput see {@link ExportOptions}
 * @param probabilities whether the network gives probabilities, by the rule of the model's task
 * @param foldNorms see {@link ExportOptions}
 */
public record ModelExport(
    ArtifactFormat format, boolean imageInput, boolean probabilities, boolean foldNorms) {

  /** Refuses options that the format does not take. */
  public ModelExport {
    if (!format.takesOptions() && (imageInput || probabilities || foldNorms)) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "%s: expected no option that changes the network, for this format holds the weights"
                  + " as they are",
              format.name()));
    }
  }

  /**
   * What was written.
   *
   * @param model name of the network
   * @param weightsSha256 the digest that identifies the weights
   * @param destination full name of the file or folder
   */
  public record Result(String model, String weightsSha256, String destination) {}

  /**
   * Loads a model and writes it.
   *
   * @param location of the saved model's folder, a Hadoop path
   * @param destination of the file or folder, a Hadoop path at which there must be nothing
   * @throws RequestException if there is no saved model, if there is something at the destination,
   *     or if the format cannot hold the network
   * @throws org.convoy.artifact.DamagedFileException if a file of the model was changed or cut
   *     short
   */
  public Result write(String location, String destination, Configuration hadoop)
      throws IOException {
    Path path = RequestException.asked(() -> new Path(destination));
    Path parent = path.getParent();
    if (parent == null) {
      throw new RequestException(
          "--out: expected a new file or folder, got the root " + destination);
    }
    HadoopStore store = new HadoopStore(hadoop, parent);
    if (store.exists(path.getName())) {
      throw new RequestException(
          "--out: expected a new file or folder, but there is "
              + store.describe(path.getName())
              + " already"
              + (isPart(store, path.getName())
                  ? ", a folder without " + ExportManifest.FILE + ", as a killed export leaves it"
                  : ""));
    }
    SavedModel model = ModelFolder.load(location, hadoop);
    try {
      require(format, model.graph(), location);
      format.write(model, options(model), store, path.getName());
      return new Result(
          model.graph().name(), model.weightsSha256(), store.describe(path.getName()));
    } catch (UnsupportedOperationException e) {
      throw new RequestException(location + ": " + e.getMessage(), e);
    } finally {
      model.weights().close();
    }
  }

  private static boolean isPart(ArtifactStore store, String path) throws IOException {
    List<String> entries = store.list(path);
    return !entries.isEmpty() && !entries.contains(ExportManifest.FILE);
  }

  /**
   * Refuses a network that a format cannot hold.
   *
   * @param what names the request in the message
   */
  static void require(ArtifactFormat format, Graph graph, String what) {
    format
        .refusal(graph)
        .ifPresent(
            reason -> {
              throw new RequestException(what + ": " + reason);
            });
  }

  private ExportOptions options(SavedModel model) {
    Output output = Output.LOGITS;
    if (probabilities) {
      output = ModelParts.task(model) instanceof MultiLabel ? Output.SIGMOID : Output.SOFTMAX;
    }
    return new ExportOptions(imageInput, output, foldNorms);
  }
}
