package org.convoy.driver.training;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.ModelExamples;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.formats.ArtifactFormats;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.evaluation.Examples;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Backend;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The model that a run ends with, in the run's folder. */
final class ModelFiles {
  private final RunSpec spec;
  private final HadoopStore store;

  ModelFiles(RunSpec spec, Configuration hadoop) throws IOException {
    this.spec = spec;
    this.store = new HadoopStore(hadoop, new Path(spec.output()));
  }

  /** Whether the run's folder holds a model. */
  boolean exist() throws IOException {
    return store.exists(ModelFolder.IN_RUN);
  }

  /**
   * Saves the model, with examples of what it computes, and writes it beside in the formats of the
   * recipe.
   *
   * @param backend computes the examples
   * @param metrics of it, by name; what was not measured, NaN, is left out
   * @return the digest of its weights
   */
  String save(Backend backend, INDArray weights, Map<String, Double> metrics) throws IOException {
    Map<String, Double> measured = new HashMap<>(metrics);
    measured.values().removeIf(value -> value.isNaN());
    Graph trained = spec.graph();
    Graph main = trained.main();
    INDArray kept = main.equals(trained) ? weights : picked(trained, weights, main);
    SavedModel model =
        new SavedModel(
            main,
            kept,
            spec.classes(),
            spec.recipe().image().preprocessing(trained.inputShape()).evaluationOnly().toJson(),
            new ModelManifest.Origin(
                spec.recipe().toJson(),
                StateFiles.codeVersion(),
                spec.dataFingerprint(),
                measured));
    try (ModelExamples examples = Examples.of(backend, main, kept)) {
      String sha256 = model.save(store, ModelFolder.IN_RUN, Optional.of(examples)).weightsSha256();
      for (String name : spec.recipe().artifact().formats()) {
        ArtifactFormat format = ArtifactFormats.get(name);
        String path = ModelFolder.IN_RUN + format.suffix();
        format.write(model, ExportOptions.PLAIN, store, path);
      }
      return sha256;
    } finally {
      if (kept != weights) {
        kept.close();
      }
    }
  }

  /** The tensors of a part of a network, in a vector of their own. */
  private static INDArray picked(Graph whole, INDArray weights, Graph part) {
    Parameters from = Parameters.of(whole);
    Parameters to = Parameters.of(part);
    INDArray picked = Nd4j.create(DataType.FLOAT, to.length());
    for (Parameter each : to.all()) {
      to.view(picked, each).assign(from.view(weights, from.get(each.name())));
    }
    return picked;
  }
}
