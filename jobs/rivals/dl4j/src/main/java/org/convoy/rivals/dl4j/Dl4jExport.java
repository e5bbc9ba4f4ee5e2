package org.convoy.rivals.dl4j;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelExamples;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * Writes a saved model as a zip file of DL4J's ModelSerializer. Its output is the softmax; the
 * vertex before it, which has the name of the graph's last node, gives the logits. The file is
 * loaded again: it must compute what Convoy computed of the examples beside the model, and train.
 *
 * <p>{@code Dl4jExport MODEL_FOLDER ZIP_FILE}. Exit code 3: an op has no counterpart, and the last
 * line says which.
 */
public final class Dl4jExport {
  private static final int REFUSED = 3;

  /** A user who trains on will set another. */
  private static final Nesterovs UPDATER = new Nesterovs(0.001, 0.9);

  private static final double WEIGHT_DECAY = 1e-4;
  private static final double TOLERANCE = 1e-4;

  private Dl4jExport() {}

  /** The process's main method. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    File file = new File(arguments[1]);
    LocalStore store = new LocalStore(folder.getParent());
    SavedModel model = SavedModel.load(store, folder.getFileName().toString());
    Graph graph = model.graph();
    Parameters layout = Parameters.of(graph);
    Dl4jNetwork network;
    try {
      network =
          new Dl4jNetwork(
              graph,
              UPDATER,
              WEIGHT_DECAY,
              0,
              (parameter, values) ->
                  values.put(layout.view(model.weights(), parameter).dup('c').data().asFloat()));
    } catch (UnsupportedOperationException e) {
      System.err.println(e.getMessage());
      System.exit(REFUSED);
      return;
    }
    network.network().save(file, false);
    String examples = folder.getFileName() + "/" + ModelExamples.FILE;
    check(ModelExamples.read(store, examples, graph), ComputationGraph.load(file, true));
    System.exit(0);
  }

  /** Holds the file's network against Convoy's outputs, and lets it train. */
  private static void check(ModelExamples examples, ComputationGraph loaded) {
    INDArray images = examples.inputs();
    INDArray expected = Nd4j.nn().softmax(examples.outputs(), 1);
    INDArray got = loaded.outputSingle(images);
    double difference = expected.sub(got).amaxNumber().doubleValue();
    if (!(difference <= TOLERANCE)) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "the loaded network's output differs by %.3g", difference));
    }
    INDArray labels = Nd4j.zeros(DataType.FLOAT, expected.shape());
    for (int row = 0; row < examples.count(); row++) {
      labels.putScalar(row, 0, 1);
    }
    loaded.fit(new DataSet(images, labels));
    if (!Double.isFinite(loaded.score())) {
      throw new IllegalStateException("the loaded network does not train: " + loaded.score());
    }
    System.out.println(String.format(Locale.ROOT, "largest difference %.3g", difference));
  }
}
