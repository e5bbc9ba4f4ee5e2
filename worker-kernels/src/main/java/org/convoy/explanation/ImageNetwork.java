package org.convoy.explanation;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Locale;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Attention;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Subgraphs;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Preprocessing;
import org.convoy.inference.ModelParts;
import org.convoy.kernels.Backend;
import org.convoy.kernels.PlanRequest;
import org.convoy.settings.RequestException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network without dropout and the weights that its parts are computed with.
 *
 * @param layout of the weights
 * @param weights the flat vector, which stays the caller's
 * @param location the model's folder, for messages
 */
public record ImageNetwork(
    Graph graph,
    Preprocessing preprocessing,
    Parameters layout,
    INDArray weights,
    Backend backend,
    String location) {

  /** The network of a saved model, whose weights stay the caller's to close. */
  public static ImageNetwork of(SavedModel model, Backend backend, String location) {
    return new ImageNetwork(
        Subgraphs.withoutDropout(model.graph().main()),
        ModelParts.preprocessing(model),
        Parameters.of(model.graph()),
        model.weights(),
        backend,
        location);
  }

  /** The place of a node in the graph. */
  int node(String name) {
    for (int i = 0; i < graph.nodes().size(); i++) {
      if (graph.nodes().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new RequestException(
        "--layer: "
            + graph.name()
            + " has no layer "
            + name
            + "; convoy models "
            + graph.name()
            + " --layers lists them");
  }

  /**
   * The last layer of feature maps: the last one with positions in two dimensions through which all
   * paths go.
   *
   * @param name of the layer that the user asked for; empty: the last one
   * @throws RequestException if there is none
   */
  int featureMaps(String name) {
    if (!name.isEmpty()) {
      int asked = node(name);
      if (!isFeatureMaps(asked)) {
        throw new RequestException(
            String.format(
                Locale.ROOT,
                "--layer: expected a layer of feature maps through which all paths go, got %s of"
                    + " shape %s",
                name,
                graph.nodes().get(asked).shape()));
      }
      return asked;
    }
    for (int i = graph.nodes().size() - 1; i > 0; i--) {
      if (graph.nodes().get(i).op() instanceof Attention) {
        break;
      }
      if (isFeatureMaps(i)) {
        return i;
      }
    }
    throw new RequestException(
        graph.name()
            + " ends without feature maps of two dimensions: expected a convolutional network, or"
            + " the methods integrated-gradients or occlusion");
  }

  private boolean isFeatureMaps(int node) {
    Shape shape = graph.nodes().get(node).shape();
    return node > 0
        && node < graph.nodes().size() - 1
        && shape.spatialRank() == 2
        && shape.positions() > 1
        && Subgraphs.separates(graph, node);
  }

  /** The number of values of an image. */
  int imageLength() {
    return preprocessing.floatsPerImage();
  }

  /** The number of positions of an image. */
  int positions() {
    return preprocessing.height() * preprocessing.width();
  }

  /** A black image, normalised. */
  float[] black() {
    Normalisation normalisation = preprocessing.normalisation();
    float[] black = new float[imageLength()];
    for (int c = 0; c < normalisation.channels(); c++) {
      Arrays.fill(black, c * positions(), (c + 1) * positions(), normalisation.table(c)[0]);
    }
    return black;
  }

  /** Compiles a part of the network to compute it forward. */
  Computation forward(Graph part, int batch) throws DamagedFileException {
    return Computation.of(this, part, PlanRequest.inference(batch));
  }

  /** Compiles a part of the network to compute it and the gradient of its input. */
  Computation differentiable(Graph part, int batch) throws DamagedFileException {
    return Computation.of(this, part, PlanRequest.training(batch).withInputGradient());
  }

  /** A new flat vector with the weights of a part. */
  INDArray weightsOf(Parameters part) {
    INDArray flat = Nd4j.create(DataType.FLOAT, part.length());
    FloatBuffer from = weights.data().asNioFloat();
    FloatBuffer to = flat.data().asNioFloat();
    for (Parameter tensor : part.all()) {
      Parameter source = layout.get(tensor.name());
      int length = Math.toIntExact(tensor.length());
      to.put(Math.toIntExact(tensor.offset()), from, Math.toIntExact(source.offset()), length);
    }
    return flat;
  }
}
