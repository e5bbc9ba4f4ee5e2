package org.convoy.driver.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.artifact.FileDigest;
import org.convoy.artifact.ModelExamples;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.inference.ModelParts;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Plan;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Holds a saved model against what it says of itself: every file against its digest, and what the
 * network computes here of the examples in its folder against what it computed when it was saved.
 *
 * @param model name of the network
 * @param weightsSha256 the digest that identifies the weights
 * @param files every file of the manifest
 * @param outputs how far the outputs are apart; empty if a file is damaged, or the model was saved
 *     without examples
 */
public record ModelVerification(
    String model, String weightsSha256, List<CheckedFile> files, Optional<Outputs> outputs) {

  /**
   * A file of the folder.
   *
   * @param problem what is wrong with it
   */
  public record CheckedFile(String name, long bytes, Optional<String> problem) {}

  /**
   * The outputs of the examples.
   *
   * @param examples their number
   * @param largest the largest absolute output when the model was saved
   * @param difference the largest absolute difference here
   * @param example the example with this difference
   * @param output its output
   */
  public record Outputs(int examples, double largest, double difference, int example, int output) {

    /** The difference relative to the largest output. */
    public double relative() {
      return largest == 0 ? difference : difference / largest;
    }
  }

  /** Copies the list. */
  public ModelVerification {
    files = List.copyOf(files);
  }

  /** Whether every file is whole. */
  public boolean whole() {
    return files.stream().allMatch(file -> file.problem().isEmpty());
  }

  /** Whether every file is whole, and the outputs, if there are examples, are at most this far. */
  public boolean holds(double tolerance) {
    return whole() && outputs.stream().allMatch(each -> each.relative() <= tolerance);
  }

  /**
   * Verifies a model.
   *
   * @param location of its folder, a Hadoop path
   * @throws org.convoy.settings.RequestException if there is no saved model
   * @throws org.convoy.artifact.DamagedFileException if the manifest is damaged, or files whose
   *     digests are right do not make a model
   */
  public static ModelVerification of(String location, Backend backend, Configuration hadoop)
      throws IOException {
    Path folder = ModelFolder.requireThere(location, hadoop);
    HadoopStore store = new HadoopStore(hadoop, folder.getParent());
    String name = folder.getName();
    ModelManifest manifest = SavedModel.manifest(store, name);
    List<CheckedFile> files = new ArrayList<>();
    for (Map.Entry<String, FileDigest> file : manifest.files().entrySet()) {
      Optional<String> problem = Optional.empty();
      try {
        file.getValue().verify(store, name + "/" + file.getKey());
      } catch (IOException e) {
        problem = Optional.of(String.valueOf(e.getMessage()));
      }
      files.add(new CheckedFile(file.getKey(), file.getValue().bytes(), problem));
    }
    ModelVerification found =
        new ModelVerification(manifest.model(), manifest.weightsSha256(), files, Optional.empty());
    if (!found.whole() || !manifest.files().containsKey(ModelExamples.FILE)) {
      return found;
    }
    SavedModel model = ModelFolder.load(location, hadoop);
    try (ModelExamples examples =
            ModelExamples.read(store, name + "/" + ModelExamples.FILE, model.graph());
        Plan plan = ModelParts.compile(backend, model, Examples.request(), location);
        INDArray here = Examples.outputs(plan, examples.inputs(), model.weights())) {
      return new ModelVerification(
          found.model, found.weightsSha256, files, Optional.of(compare(examples, here)));
    } finally {
      model.weights().close();
    }
  }

  private static Outputs compare(ModelExamples examples, INDArray here) {
    double largest = 0;
    double difference = -1;
    int[] at = new int[2];
    for (int row = 0; row < here.size(0); row++) {
      for (int column = 0; column < here.size(1); column++) {
        double then = examples.outputs().getDouble(row, column);
        double apart = Math.abs(then - here.getDouble(row, column));
        largest = Math.max(largest, Math.abs(then));
        // What is not a number is as far away as can be.
        if (!(apart <= difference)) {
          difference = Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart;
          at = new int[] {row, column};
        }
      }
    }
    return new Outputs(examples.count(), largest, difference, at[0], at[1]);
  }
}
